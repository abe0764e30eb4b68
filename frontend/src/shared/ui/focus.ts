/** Where the focus was before the first of several dialogs that follow each other. */
let outside: Element | null = null;

/** Note what asks for a dialog, before its menu closes; a dialog that another one opens belongs to the same opener. */
export function noteOpener(active: Element | null = document.activeElement): void {
  if (!active?.closest("dialog")) outside = active === document.body ? null : active;
}

/** What opened the dialog that comes up now. */
export function openerOf(active: Element | null): Element | null {
  if (active && active !== document.body && !active.closest("dialog")) outside = active;
  return outside;
}

/** Give the focus back after a dialog: to its opener, else to what is nearest to it and can have the focus. */
export function focusBack(opener: Element | null): void {
  for (const candidate of candidates(opener)) {
    candidate.focus();
    if (document.activeElement === candidate) return;
  }
}

const FOCUSABLE = "button:not([disabled]), a[href], input:not([disabled]), [tabindex='0']";

function* candidates(opener: Element | null): Generator<HTMLElement> {
  if (opener?.isConnected) {
    if (opener instanceof HTMLElement) yield opener;
    // An entry of a menu that is closed again, and a button that can do nothing more.
    const toggle = opener.closest(".dropdown")?.querySelector<HTMLElement>("[data-bs-toggle]");
    if (toggle) yield toggle;
    for (let around = opener.parentElement; around; around = around.parentElement) {
      if (around === document.body) break;
      const near = around.querySelector<HTMLElement>(FOCUSABLE);
      if (near) yield near;
    }
  }
  for (const place of [".react-flow__node.selected", ".react-flow__node", ".hf-title-name", "main a[href]"]) {
    const found = document.querySelector<HTMLElement>(place);
    if (found) yield found;
  }
}
