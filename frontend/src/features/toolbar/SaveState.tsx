import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { useSession } from "@/app/session";
import { relativeTime } from "@/shared/format";
import { personName } from "@/shared/person";
import { Icon } from "@/shared/ui/Icon";

/** Says honestly whether the draft is on the server, and whose it is. */
export function SaveState() {
  const session = useSession();
  const { status, savedAt, savedBy, error } = useStore(session.saver.store);
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 15_000);
    return () => clearInterval(timer);
  }, []);
  const [icon, text, tone] = {
    saved: ["check", savedAt ? `Saved ${relativeTime(savedAt)}` : "Saved", "text-secondary"],
    unsaved: ["point", "Not saved yet", "text-secondary"],
    saving: ["loader-2", "Saving…", "text-secondary"],
    conflict: ["alert-triangle", "Changed elsewhere", "text-danger"],
    failed: ["plug-connected-x", "Not saved: trying again", "text-danger"],
  }[status] as [string, string, string];
  const title = error || (savedBy ? `Last saved by ${personName(savedBy)}` : "");
  return (
    <output className={`hf-save ${tone}`} title={title} data-save-state={status}>
      <Icon name={icon} size={16} className={status === "saving" ? "icon-spin" : ""} />
      <span>{text}</span>
    </output>
  );
}
