/**
 * Long lists of boxes (`data-pick`, with a label for each box) and long selects (`select[data-pick]`) get a search of
 * their own, which says how many there are. What is chosen stays in sight. Without scripts the whole list is there.
 */
const LONG = 8;

export function startPicks(root: ParentNode = document): void {
  prepare(root);
  document.addEventListener("htmx:load", () => prepare(document));
}

function prepare(root: ParentNode): void {
  for (const list of root.querySelectorAll<HTMLElement>("[data-pick]")) {
    const labels = [...list.querySelectorAll<HTMLLabelElement>("label.form-check")];
    const isLong = (list instanceof HTMLSelectElement ? list.options : labels).length > LONG;
    if (!isLong || "picking" in list.dataset) continue;
    list.dataset.picking = "";
    list.before(list instanceof HTMLSelectElement ? searchOfSelect(list) : searchOf(list, labels));
  }
}

function searchOf(list: HTMLElement, labels: HTMLLabelElement[]): HTMLElement {
  const { box, search, told } = field(list);
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    let chosen = 0;
    for (const label of labels) {
      const isChosen = label.querySelector("input")?.checked ?? false;
      if (isChosen) chosen += 1;
      label.hidden = !isChosen && !(label.textContent ?? "").toLowerCase().includes(wanted);
    }
    const found = labels.filter((label) => !label.hidden).length;
    told.textContent = `${chosen} chosen${wanted ? `, ${found} shown` : ` of ${labels.length}`}`;
  };
  search.addEventListener("input", show);
  list.addEventListener("change", show);
  show();
  return box;
}

/** Not every browser hides options: those that do not match are taken out. Enter chooses the first that is left. */
function searchOfSelect(list: HTMLSelectElement): HTMLElement {
  const { box, search, told } = field(list);
  const options = [...list.options];
  const named = options.filter((option) => option.value);
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const found = named.filter((option) => option.text.toLowerCase().includes(wanted));
    const chosen = list.value;
    const stays = (option: HTMLOptionElement) =>
      [chosen, ""].includes(option.value) || found.includes(option);
    list.replaceChildren(...options.filter(stays));
    list.value = chosen; // the browser may have chosen another one meanwhile
    told.textContent = wanted ? `${found.length} found` : `${named.length} to choose from`;
    return found;
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    const [first] = event.key === "Enter" && search.value.trim() ? show() : [];
    if (!first) return;
    first.selected = true;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    list.focus();
  });
  show();
  return box;
}

function field(list: HTMLElement) {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "form-control";
  search.placeholder = list.dataset.pick || "Search";
  search.setAttribute("aria-label", search.placeholder);
  search.autocomplete = "off";
  const told = document.createElement("small");
  told.className = "form-hint mb-1";
  told.setAttribute("aria-live", "polite");
  // What is typed here is nobody's answer: it neither sends the form nor counts as a change of it.
  search.addEventListener("change", (event) => event.stopPropagation());
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  const box = document.createElement("div");
  box.className = "pick-search";
  box.append(search, told);
  return { box, search, told };
}
