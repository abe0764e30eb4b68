import { useState } from "react";
import { useStore } from "zustand";
import { publish } from "@/app/actions";
import { useSession } from "@/app/session";
import { Dialog } from "@/shared/ui/Dialog";

/** A comment, and the last look before the draft becomes a version. */
export function PublishDialog() {
  const session = useSession();
  const flow = useStore(session.flow);
  const warnings = useStore(session.checker.store, (state) => state.problems.length);
  const [comment, setComment] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const close = () => session.ui.getState().show(null);
  const go = async () => {
    setIsBusy(true);
    const isDone = await publish(session, comment.trim());
    setIsBusy(false);
    if (isDone) close();
  };
  return (
    <Dialog
      title="Publish"
      onClose={close}
      footer={
        <>
          <button type="button" className="btn" onClick={close}>
            Not now
          </button>
          <button type="button" className="btn btn-primary" disabled={isBusy} onClick={() => void go()}>
            Publish version {(flow.published_version ?? 0) + 1}
          </button>
        </>
      }
    >
      <p>
        Runs that are under way keep the version they began with.
        {flow.is_enabled ? "" : " The flow is off: it runs when you switch it on."}
        {warnings > 0 ? ` There are ${warnings} warnings.` : ""}
      </p>
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
          if (event.key === "Enter") void go();
        }}
      />
    </Dialog>
  );
}
