import { useEffect, useState } from "react";
import { useStore } from "zustand";
import type { SaveStatus } from "@/session/draftSaver";
import { useSession } from "@/session/session";
import { relativeTime } from "@/shared/format";
import { Icon } from "@/shared/ui/Icon";

const SHOWN: Record<SaveStatus, [icon: string, text: string, tone: string]> = {
  saved: ["check", "Saved", "text-secondary"],
  unsaved: ["point", "Not saved yet", "text-secondary"],
  saving: ["loader-2", "Saving…", "text-secondary"],
  conflict: ["alert-triangle", "Changed elsewhere", "text-danger"],
  failed: ["plug-connected-x", "Not saved: trying again", "text-danger"],
  refused: ["alert-triangle", "Not saved", "text-danger"],
};

/** Says honestly whether the draft is on the server, and whose it is; what went wrong can be acted on here. */
export function SaveState() {
  const { saver, flow } = useSession();
  const file = useStore(flow, (state) => state.followed_file);
  const { status, savedAt, savedBy, error } = useStore(saver.store);
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 15_000);
    return () => clearInterval(timer);
  }, []);
  const [icon, text, tone] = SHOWN[status];
  if (file)
    return (
      <span className="hf-save text-secondary" title={`${file} alone changes this flow`}>
        <Icon name="lock" size={16} />
        <span>Follows {file.split("/").at(-1)}</span>
      </span>
    );
  const title = error || (savedBy ? `Last saved by ${savedBy}` : "");
  return (
    <>
      <output className={`hf-save ${tone}`} title={title} data-save-state={status}>
        <Icon name={icon} size={16} className={status === "saving" ? "icon-spin" : ""} />
        <span>{status === "saved" && savedAt ? `Saved ${relativeTime(savedAt)}` : text}</span>
        {status === "refused" ? <span className="hf-save-why">: {error}</span> : null}
      </output>
      {status === "failed" || status === "refused" ? (
        <button type="button" className="btn btn-sm hf-save-act" onClick={() => void saver.flush()}>
          Try now
        </button>
      ) : null}
      {status === "conflict" ? (
        <button type="button" className="btn btn-sm hf-save-act" onClick={() => saver.showConflict(true)}>
          Decide…
        </button>
      ) : null}
    </>
  );
}
