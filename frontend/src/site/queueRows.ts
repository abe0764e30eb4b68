/** How long a marked row that is gone stays, so that whoever marked it sees why it is left out. */
const GONE_MS = 8_000;

/**
 * Makes the rows of `here` those of `there`: new ones come in, changed ones are exchanged, the others stay as they are
 * with their marks, and what is in view stays in view.
 */
export function mergeRows(here: HTMLElement, there: HTMLElement): void {
  const anchor = inView(here);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  const known = new Map([...rowsOf(here)].map((row) => [row.dataset.task, row]));
  let last: HTMLElement | null = null;
  for (const fresh of rowsOf(there)) {
    const old = known.get(fresh.dataset.task);
    known.delete(fresh.dataset.task);
    const row = old && old.dataset.changed === fresh.dataset.changed ? old : taken(fresh, old);
    const place: ChildNode | null = last ? last.nextSibling : here.firstChild;
    if (old && old !== row) old.replaceWith(row);
    else if (row !== place) here.insertBefore(row, place);
    last = row;
  }
  for (const row of known.values()) leave(row);
  if (anchor?.isConnected) window.scrollBy(0, anchor.getBoundingClientRect().top - before);
}

const rowsOf = (body: HTMLElement) => body.querySelectorAll<HTMLElement>("tr[data-task]:not(.is-gone)");
const boxOf = (row: HTMLElement | undefined) => row?.querySelector<HTMLInputElement>("input[name=task]");

function inView(body: HTMLElement): HTMLElement | undefined {
  if (window.scrollY === 0) return undefined;
  return [...rowsOf(body)].find((row) => row.getBoundingClientRect().bottom > 0);
}

function taken(fresh: HTMLElement, old: HTMLElement | undefined): HTMLElement {
  const row = document.importNode(fresh, true);
  const box = boxOf(row);
  if (box) box.checked = boxOf(old)?.checked ?? false;
  row.classList.toggle("is-current", old?.classList.contains("is-current") ?? false);
  if (!old) row.classList.add("is-new");
  return row;
}

/** A row that nobody marked just goes; a marked one says that somebody else was faster. */
function leave(row: HTMLElement): void {
  const box = boxOf(row);
  if (!box?.checked) {
    row.remove();
    return;
  }
  box.checked = false;
  box.disabled = true;
  row.classList.add("is-gone");
  row.querySelector(".cell-main")?.append(" ", note());
  setTimeout(() => row.remove(), GONE_MS);
}

function note(): HTMLElement {
  const text = document.createElement("span");
  text.className = "badge bg-orange-lt";
  text.textContent = "Decided by somebody else";
  return text;
}
