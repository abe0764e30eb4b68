/**
 * Long lists of boxes (`data-pick`, with a label for each box) get a search of their own, and say how many are chosen.
 * What is chosen stays in sight. Without scripts the whole list is there.
 */
const LONG = 8;

export function startPicks(root: ParentNode = document): void {
  prepare(root);
  document.addEventListener("htmx:load", () => prepare(document));
}

function prepare(root: ParentNode): void {
  for (const list of root.querySelectorAll<HTMLElement>("[data-pick]")) {
    const labels = [...list.querySelectorAll<HTMLLabelElement>("label.form-check")];
    if (labels.length <= LONG || "picking" in list.dataset) continue;
    list.dataset.picking = "";
    list.before(searchOf(list, labels));
  }
}

function searchOf(list: HTMLElement, labels: HTMLLabelElement[]): HTMLElement {
  const search = document.createElement("input");
  search.type = "search";
  search.className = "form-control";
  search.placeholder = list.dataset.pick || "Search";
  search.setAttribute("aria-label", search.placeholder);
  search.autocomplete = "off";
  const told = document.createElement("small");
  told.className = "form-hint mb-1";
  told.setAttribute("aria-live", "polite");
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
  // What is typed here is nobody's answer: it neither sends the form nor counts as a change of it.
  search.addEventListener("change", (event) => event.stopPropagation());
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.addEventListener("change", show);
  show();
  const box = document.createElement("div");
  box.className = "pick-search";
  box.append(search, told);
  return box;
}
