// Lists that refresh by themselves rest while nobody looks, and while somebody is in the middle of something.

/** False when this refresh should be left out. */
export function mayPollNow(list: Element): boolean {
  if (document.hidden) return false;
  if (document.querySelector("dialog[open]")) return false;
  if (list.querySelector(".dropdown-menu.show")) return false;
  return !list.contains(document.activeElement) || document.activeElement === document.body;
}

export function startLists(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const list = event.target;
    if (list instanceof Element && list.matches("[data-poll]") && !mayPollNow(list)) event.preventDefault();
  });
}
