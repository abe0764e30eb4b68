import { differences } from "@/graph/compare";
import { complete } from "@/graph/model";
import type { Kept } from "@/session/localCopy";
import type { Session } from "@/session/session";

/** What is offered at all: nothing to people who may not edit, and nothing that the server has anyway. */
export function worthRestoring(session: Session): { key: string; kept: Kept }[] {
  if (!session.may.edit) return [];
  const { document } = session.documents.getState();
  return session.copies.left().filter(({ key, kept }) => {
    const { added, removed, changed, wires, flow } = differences(document, complete(kept.document));
    const isNew = added.length + removed.length + changed.length > 0 || wires || flow;
    if (!isNew) session.copies.forget(key);
    return isNew;
  });
}
