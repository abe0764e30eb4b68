import { INSERT_EVENT } from "@/features/templates/insertEvent";
import { asWanted } from "@/graph/templates";
import { useSession } from "@/session/session";

/** Which kinds of field take a field of the record, and whether as its bare path. */
const TAKES: Record<string, "path" | "template"> = {
  path: "path",
  template: "template",
  value: "template",
  json: "template",
};

/** What to do with a known field that was chosen: into the field that was used last, else onto the clipboard. */
export function useKnownField(node: string): (path: readonly string[]) => void {
  const session = useSession();
  return (path) => {
    const { lastField, toast } = session.ui.getState();
    const mine = lastField?.node === node ? lastField : null;
    const wants = mine ? TAKES[mine.kind] : undefined;
    const text = asWanted(path, wants === "path");
    const input = mine && wants && document.querySelector<HTMLElement>(inputOf(mine.path));
    if (input && session.may.edit && write(input, text, wants === "path")) return;
    void navigator.clipboard?.writeText(text);
    toast(`${text} is on the clipboard.`);
  };
}

function inputOf(path: string): string {
  const field = `.hf-panel [data-field="${CSS.escape(path)}"]`;
  return `${field} .cm-content, ${field} input, ${field} textarea`;
}

/** Write as a person would: over the whole of a path field, else at the cursor. */
function write(input: HTMLElement, text: string, isWhole: boolean): boolean {
  if (input.matches(".cm-content")) {
    input.dispatchEvent(new CustomEvent(INSERT_EVENT, { detail: text }));
    return true;
  }
  if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement)) return false;
  input.focus();
  if (isWhole) input.setRangeText(text, 0, input.value.length, "end");
  else input.setRangeText(text);
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}
