import { createRoot } from "react-dom/client";
import "@/styles/forms.css";
import { Client } from "@/api/client";
import { ImportDialog } from "./ImportDialog";

/** Open the import dialog over a server-rendered page. */
export function openImport(api: string): void {
  const host = document.createElement("div");
  document.body.append(host);
  const root = createRoot(host);
  const close = () => {
    root.unmount();
    host.remove();
  };
  root.render(<ImportDialog client={new Client(api)} onClose={close} />);
}
