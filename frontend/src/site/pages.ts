import "./pages.css";
import { startDialogs } from "./dialogs";
import { startLists } from "./lists";
import { startToasts } from "./toasts";

/** What server-rendered pages need beside Tabler and HTMX; every part also works without scripts, more plainly. */
export function startPages(): void {
  startDialogs();
  startLists();
  startToasts();
}
