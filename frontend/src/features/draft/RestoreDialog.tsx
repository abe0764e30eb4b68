import { useStore } from "zustand";
import { type Differences, differences } from "@/graph/compare";
import { complete } from "@/graph/model";
import type { Kept } from "@/session/localCopy";
import { takeDrawing } from "@/session/publishing";
import { useSession } from "@/session/session";
import { relativeTime } from "@/shared/format";
import { Dialog } from "@/shared/ui/Dialog";

/** Edits that this browser kept and the server never got: restored by choice, after a look at what they change. */
export function RestoreDialog() {
  const session = useSession();
  const [first] = useStore(session.left);
  if (!first) return null;
  return <Offer key={first.key} copyKey={first.key} kept={first.kept} />;
}

function Offer({ copyKey, kept }: { copyKey: string; kept: Kept }) {
  const session = useSession();
  const { document } = session.documents.getState();
  const { etag, savedBy, savedAt } = session.saver.store.getState();
  const isStale = kept.etag !== etag;
  const next = () => session.left.setState((left) => left.slice(1), true);
  const restore = () => {
    if (!takeDrawing(session, kept.document, "Restore unsaved edits")) return;
    session.copies.copy.keep(session.documents.getState().document, etag);
    session.copies.forget(copyKey);
    next();
  };
  const forget = () => {
    session.copies.forget(copyKey);
    next();
  };
  return (
    <Dialog
      title="Restore your unsaved edits?"
      onClose={next}
      footer={
        <>
          <button type="button" className="btn btn-outline-danger me-auto" onClick={forget}>
            Throw them away
          </button>
          <button type="button" className="btn" onClick={next}>
            Decide later
          </button>
          <button type="button" className="btn btn-primary" onClick={restore}>
            Restore my edits
          </button>
        </>
      }
    >
      <p>
        You edited this flow in this browser {relativeTime(kept.at)}, and the edits did not reach the server.
      </p>
      {isStale ? (
        <div className="alert alert-warning">
          {savedBy || "Someone"} saved the draft {savedAt ? relativeTime(savedAt) : "since"}, after your edits
          began. Restoring replaces that drawing by yours; undo brings it back.
        </div>
      ) : null}
      <What found={differences(document, complete(kept.document))} />
    </Dialog>
  );
}

function What({ found }: { found: Differences }) {
  const lines = [
    ...found.added.map((name) => `Adds “${name}”`),
    ...found.removed.map((name) => `Removes “${name}”`),
    ...found.changed.map(({ name, fields }) =>
      fields.length > 0 ? `Changes “${name}”: ${fields.join(", ")}` : `Changes or moves “${name}”`,
    ),
    ...(found.wires ? ["Changes wires"] : []),
    ...(found.flow ? ["Changes the flow's name, description or settings"] : []),
  ];
  return (
    <>
      <p className="mb-1">Compared with the draft on the server:</p>
      <ul className="hf-restored">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}
