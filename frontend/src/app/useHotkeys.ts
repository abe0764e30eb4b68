import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { FIT } from "@/features/canvas/view";
import {
  copySelection,
  deleteSelection,
  healSelection,
  redo,
  selectAll,
  tidyUp,
  undo,
} from "@/session/actions";
import { askInsert, duplicateSelection, paste } from "@/session/adding";
import { type Session, useSession } from "@/session/session";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))
  );
}

/** Whether a key belongs to the drawing: nothing else on the page wants it, and no dialog is open. */
function isForCanvas(event: Event): boolean {
  if (document.querySelector("dialog[open]") || isTyping(event.target)) return false;
  const target = event.target instanceof Element ? event.target : null;
  const editor = document.querySelector(".hf-editor");
  // A click on the empty drawing gives the focus to whatever around it can have it, such as the page's main part.
  return !target || !editor || editor.contains(target) || target.contains(editor);
}

/** A name for the keys pressed: `ctrl+shift+z`. */
export function chord(event: KeyboardEvent): string {
  const modifiers = [
    event.ctrlKey || event.metaKey ? "ctrl" : "",
    event.altKey ? "alt" : "",
    event.shiftKey ? "shift" : "",
  ];
  return [...modifiers, event.key.length === 1 ? event.key.toLowerCase() : event.key]
    .filter(Boolean)
    .join("+");
}

type Action = (session: Session, event: KeyboardEvent) => void;

const KEYS: Record<string, Action> = {
  "ctrl+z": undo,
  "ctrl+shift+z": redo,
  "ctrl+y": redo,
  Delete: deleteSelection,
  Backspace: deleteSelection,
  "ctrl+Delete": healSelection,
  "ctrl+Backspace": healSelection,
  "ctrl+d": duplicateSelection,
  "ctrl+a": selectAll,
  n: (session) => session.ui.getState().show({ kind: "add", at: null }),
  "/": (session) => session.ui.getState().show({ kind: "add", at: null }),
  "+": insertHere,
  "shift++": insertHere,
  Insert: insertHere,
  "shift+?": (session) => session.ui.getState().show({ kind: "shortcuts" }),
  "alt+shift+t": tidyUp,
  Escape: (session) => session.ui.getState().select([]),
};

/** Into the wire that has the focus, else into the one that is chosen. */
function insertHere(session: Session): void {
  const { wireAt, selectedEdges } = session.ui.getState();
  const wire = wireAt ?? selectedEdges.at(-1);
  if (wire) askInsert(session, wire);
}

async function saveNow(session: Session): Promise<void> {
  const isSaved = await session.saver.flush();
  session.ui.getState().announce(isSaved ? "Saved." : "Not saved.");
}

/** From the panel back to the node it belongs to. */
function leavePanel(session: Session, event: KeyboardEvent): void {
  const inPanel = event.target instanceof Element && event.target.closest(".hf-side");
  const id = session.ui.getState().selected.at(-1);
  if (!inPanel || !id || event.defaultPrevented) return;
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus();
}

function onEnter(session: Session, event: KeyboardEvent): boolean {
  const node =
    event.target instanceof Element ? event.target.closest<HTMLElement>(".react-flow__node") : null;
  const id = node?.dataset.id;
  if (!id || event.target !== node || !session.ui.getState().selected.includes(id)) return false;
  session.ui.getState().open("node");
  session.ui.setState({ focusField: { node: id, field: "$name", nonce: Date.now() } });
  return true;
}

/** Keys and the system clipboard, for the whole editor. */
export function useHotkeys(): void {
  const session = useSession();
  const { fitView } = useReactFlow();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const keys = chord(event);
      if (keys === "ctrl+s") {
        event.preventDefault();
        return void saveNow(session);
      }
      if (keys === "Escape" && isTyping(event.target)) return leavePanel(session, event);
      if (!isForCanvas(event) || event.defaultPrevented) return;
      if (keys === "Enter" && onEnter(session, event)) return event.preventDefault();
      if (keys === "1") return void fitView(FIT);
      const action = KEYS[keys];
      if (!action) return;
      event.preventDefault();
      action(session, event);
    };
    const onCopy = (event: ClipboardEvent) => {
      if (!isForCanvas(event) || window.getSelection()?.toString()) return;
      const text = copySelection(session);
      if (!text) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", text);
      session.ui.getState().announce("Copied.");
      if (event.type === "cut") deleteSelection(session);
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!isForCanvas(event)) return;
      if (paste(session, event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [session, fitView]);
}
