import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import { reload } from "@/app/actions";
import { useSession } from "@/app/session";
import { relativeTime } from "@/shared/format";
import { personName } from "@/shared/person";
import { Dialog } from "@/shared/ui/Dialog";

/** Someone else saved meanwhile: say who and when, and let the person choose. Neither choice loses anything for good. */
export function ConflictDialog() {
  const session = useSession();
  const conflict = useStore(session.saver.store, (state) => state.conflict);
  if (!conflict) return null;
  const who = personName(conflict.savedBy);
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
      onClose={() => undefined}
      footer={
        <>
          <button type="button" className="btn" onClick={() => void session.saver.overwrite()}>
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
        after you had opened it. Your edits are not saved yet.
      </p>
    </Dialog>
  );
}
