import { createRoot } from "react-dom/client";
import "@/styles/forms.css";
import { Client } from "@/api/client";
import { element } from "@/shared/ui/element";
import { ImportDialog } from "./ImportDialog";

/** Open the import over a server-rendered page, until it is closed or the address says something else. */
export function openImport(): void {
  const host = element("div", {});
  document.body.append(host);
  const root = createRoot(host);
  const leave = () => {
    window.removeEventListener("hashchange", leave);
    root.unmount();
    host.remove();
  };
  const close = () => {
    history.replaceState(null, "", location.pathname + location.search);
    leave();
  };
  window.addEventListener("hashchange", leave);
  root.render(<ImportDialog client={new Client("/api/v1/")} onClose={close} />);
}
