import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import { reload } from "@/session/publishing";
import { useSession } from "@/session/session";
import { relativeTime } from "@/shared/format";
import { Dialog } from "@/shared/ui/Dialog";

/** Someone else saved meanwhile: say who and when, and let the person choose. Neither choice loses anything for good. */
export function ConflictDialog() {
  const session = useSession();
  const { saver } = session;
  const conflict = useStore(saver.store, (state) => state.conflict);
  const isAsking = useStore(saver.store, (state) => state.isAsking);
  if (!conflict || !isAsking) return null;
  const who = conflict.savedBy || "Someone";
  const takeTheirs = async () => {
    try {
      await reload(session, `Take over the draft of ${who}`);
    } catch (error) {
      session.ui.getState().toast(messageOf(error), "danger");
    }
  };
  return (
    <Dialog
      title="This draft was changed elsewhere"
      onClose={() => saver.showConflict(false)}
      footer={
        <>
          <button type="button" className="btn" onClick={() => void saver.overwrite()}>
            Keep mine, replace theirs
          </button>
          <button type="button" className="btn btn-primary" onClick={() => void takeTheirs()}>
            Take theirs (undo brings mine back)
          </button>
        </>
      }
    >
      <p>
        <strong>{who}</strong> saved this draft{conflict.savedAt ? ` ${relativeTime(conflict.savedAt)}` : ""},
        after you had opened it.{saver.isDirty ? " Your edits are not saved yet." : ""}
      </p>
      <p className="text-secondary mb-0">
        Close this to go on looking. Nothing is saved until you have decided; “Changed elsewhere” in the bar
        asks again.
      </p>
    </Dialog>
  );
}
