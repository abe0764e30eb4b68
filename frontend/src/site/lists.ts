// Lists that refresh by themselves rest while nobody looks, and while somebody is in the middle of something.

/** False when this refresh should be left out. */
export function mayPollNow(list: Element): boolean {
  if (document.hidden) return false;
  if (document.querySelector("dialog[open]")) return false;
  if (list.querySelector(".dropdown-menu.show")) return false;
  return !list.contains(document.activeElement) || document.activeElement === document.body;
}

export function startLists(): void {
  // Asked twice: somebody may have opened a menu while the answer was under way.
  for (const name of ["htmx:beforeRequest", "htmx:beforeSwap"]) {
    document.addEventListener(name, (event) => {
      const source = (event as CustomEvent<{ elt?: Element; requestConfig?: { elt?: Element } }>).detail;
      const list = source.requestConfig?.elt ?? source.elt;
      if (list?.matches("[data-poll]") && !mayPollNow(list)) event.preventDefault();
    });
  }
}
