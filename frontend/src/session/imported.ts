import { replaceDocument } from "@/graph/changes";
import { complete } from "@/graph/model";
import type { FlowDocument } from "@/shared/types";
import { apply } from "./actions";
import type { Session } from "./session";

/** Put an imported document in the place of the draft: one step, which undo takes back. */
export function takeImported(session: Session, imported: FlowDocument): void {
  const { document } = session.documents.getState();
  apply(
    session,
    replaceDocument(document, complete({ ...imported, name: document.name }), `Import ${imported.name}`),
  );
  session.ui.getState().show(null);
  session.ui.getState().toast("Imported into the draft. Undo takes it back.", "success");
}
