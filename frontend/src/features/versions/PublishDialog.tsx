import { useState } from "react";
import { useStore } from "zustand";
import { nodeName } from "@/graph/model";
import { publish } from "@/session/publishing";
import { useSession } from "@/session/session";
import { count } from "@/shared/format";
import { Dialog } from "@/shared/ui/Dialog";

/** So many warnings are read; the list of problems has them all. */
const SHOWN = 4;

/** A comment, and the last look before the draft becomes a version. Publishing alone never switches the flow. */
export function PublishDialog() {
  const session = useSession();
  const flow = useStore(session.flow);
  const warnings = useStore(session.checker.store, (state) => state.problems);
  const { document } = session.documents.getState();
  const [comment, setComment] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const close = () => session.ui.getState().show(null);
  const go = async (switchOn: boolean) => {
    setIsBusy(true);
    const isDone = await publish(session, comment.trim(), switchOn);
    setIsBusy(false);
    if (isDone) close();
  };
  const number = (flow.published_version ?? 0) + 1;
  const isOn = flow.is_enabled;
  return (
    <Dialog
      title="Publish"
      onClose={close}
      footer={
        <>
          <button type="button" className="btn me-auto" onClick={close}>
            Not now
          </button>
          <button
            type="button"
            className={`btn ${isOn ? "btn-primary" : ""}`}
            disabled={isBusy}
            onClick={() => void go(false)}
          >
            Publish version {number}
          </button>
          {isOn ? null : (
            <button type="button" className="btn btn-primary" disabled={isBusy} onClick={() => void go(true)}>
              Publish and switch on
            </button>
          )}
        </>
      }
    >
      <p>
        {isOn
          ? `The flow is on: new events use version ${number} at once. Runs that are under way keep the version they began with.`
          : `The flow is off. “Publish version ${number}” leaves it off: nothing starts it until you switch it on. “Publish and switch on” lets events start it at once: mails are sent and other systems are called.`}
      </p>
      {warnings.length > 0 ? (
        <div className="alert alert-warning" role="alert">
          {warnings.slice(0, SHOWN).map((warning, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two nodes may lack the same
            <div key={index}>
              {warning.node ? <strong>{nodeName(document, warning.node)}: </strong> : null}
              {warning.message}
            </div>
          ))}
          {warnings.length > SHOWN ? <div>And {count(warnings.length - SHOWN, "warning")} more.</div> : null}
        </div>
      ) : null}
      <label className="form-label" htmlFor="publish-comment">
        What is new? <span className="form-label-description">optional</span>
      </label>
      <input
        id="publish-comment"
        className="form-control"
        maxLength={500}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        onKeyDown={(event) => {
          // Enter does what changes least: a flow that is off stays off.
          if (event.key === "Enter" && !isBusy) void go(false);
        }}
      />
    </Dialog>
  );
}
