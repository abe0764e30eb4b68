import { useSession } from "@/session/session";
import { Dialog } from "@/shared/ui/Dialog";

const KEYS: [keys: string, what: string][] = [
  ["N or /", "Add a node"],
  ["Ctrl Z, Ctrl Shift Z", "Undo, redo"],
  ["Ctrl S", "Save now"],
  ["Delete", "Delete what is chosen"],
  ["Ctrl Delete", "Delete the node and join its neighbours"],
  ["Ctrl C, Ctrl X, Ctrl V", "Copy, cut, paste, also between flows"],
  ["Ctrl D", "Duplicate"],
  ["Ctrl A", "Choose all"],
  ["Arrow keys", "Move what is chosen"],
  ["Shift and drag", "Choose with a frame"],
  ["Enter on a node", "Choose it; Enter again: to its settings"],
  ["Enter on a port", "Choose where its wire leads"],
  ["+ or Insert on a wire", "Put a node into it"],
  ["Escape", "Back to the drawing; choose nothing"],
  ["Shift Alt T", "Tidy up"],
  ["Alt Enter in a field", "Repair a misspelt field name"],
  ["?", "This list"],
];

export function ShortcutsDialog() {
  const session = useSession();
  return (
    <Dialog title="Keys" onClose={() => session.ui.getState().show(null)}>
      <dl className="hf-keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
