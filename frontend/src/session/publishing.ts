import { ApiError, messageOf } from "@/api/client";
import { replaceDocument } from "@/graph/changes";
import { complete } from "@/graph/model";
import type { FlowDocument } from "@/shared/types";
import { apply } from "./actions";
import { learnState, type Session } from "./session";

/** What a person can do with the draft as a whole: publish it, switch the flow, bring an older drawing back. */

/** Save first, so that exactly what is on the screen is published. */
export async function publish(session: Session, comment: string, switchOn: boolean): Promise<boolean> {
  const ui = session.ui.getState();
  if (!(await savedFirst(session))) return false;
  try {
    const version = await session.api.publish(comment, switchOn, session.saver.store.getState().etag);
    await learnState(session);
    const isOn = session.flow.getState().is_enabled;
    ui.toast(
      `Published as version ${version.number}. ${isOn ? "The flow is on." : "The flow is off: nothing starts it yet."}`,
      "success",
    );
    return true;
  } catch (error) {
    await session.checker.check();
    sayWhy(session, error);
    return false;
  }
}

/** On: events start runs. Off: nothing does. */
export async function switchFlow(session: Session, isOn: boolean): Promise<void> {
  try {
    session.flow.setState(await session.api.patch({ is_enabled: isOn }));
    session.ui.getState().announce(isOn ? "The flow is on." : "The flow is off.");
  } catch (error) {
    sayWhy(session, error);
  }
}

/** Why the flow cannot be switched, or nothing when it can. */
export function switchRefusal(session: Session, publishedVersion: number | null): string {
  const { followed_file } = session.flow.getState();
  if (followed_file) return `It follows ${followed_file}, which alone changes it.`;
  if (!session.may.publish) return "You may not switch flows on or off: that takes the right to publish.";
  return publishedVersion == null ? "Publish the flow first; then it can be switched on." : "";
}

/** Take a published version into the draft. */
export async function restore(session: Session, number: number): Promise<void> {
  try {
    const version = await session.api.version(number);
    if (takeDrawing(session, version.document, `Restore version ${number}`))
      session.ui.getState().toast(`Version ${number} is in the draft now. Undo takes it back.`, "success");
  } catch (error) {
    sayWhy(session, error);
  }
}

/** Bring the draft back to what is published. What is not saved yet is saved first, so that undo brings it back. */
export async function discard(session: Session): Promise<void> {
  if (!(await savedFirst(session))) return;
  try {
    const draft = await session.api.discard(session.saver.store.getState().etag);
    takeDrawing(session, draft.document, "Discard the draft");
    session.saver.adopt(draft);
    await learnState(session);
    session.ui.getState().toast("The draft is what is published now. Undo takes it back.", "success");
  } catch (error) {
    sayWhy(session, error);
  }
}

/** Take the server's draft over ours. */
export async function reload(session: Session, name: string): Promise<void> {
  const draft = await session.api.draft();
  takeDrawing(session, draft.document, name);
  session.saver.adopt(draft);
}

/** Put an imported document in the place of the draft, which keeps its name. */
export function takeImported(session: Session, imported: FlowDocument): void {
  const { name } = session.documents.getState().document;
  takeDrawing(session, { ...imported, name }, `Import ${imported.name}`);
  session.ui.getState().show(null);
  session.ui.getState().toast("Imported into the draft. Undo takes it back.", "success");
}

/** Another drawing in the place of the draft, as one step that can be undone. */
export function takeDrawing(session: Session, drawing: FlowDocument, name: string): boolean {
  const { document } = session.documents.getState();
  return apply(session, replaceDocument(document, complete(drawing), name));
}

async function savedFirst(session: Session): Promise<boolean> {
  if (await session.saver.flush()) return true;
  const { error, conflict } = session.saver.store.getState();
  if (conflict) session.saver.showConflict(true);
  else session.ui.getState().toast(`Your edits are not saved yet. ${error}`.trim(), "danger");
  return false;
}

/** A draft that someone else saved meanwhile asks what to do; anything else is said. */
function sayWhy(session: Session, error: unknown): void {
  if (error instanceof ApiError && session.saver.tellStale(error)) return;
  session.ui.getState().toast(messageOf(error), "danger");
}
