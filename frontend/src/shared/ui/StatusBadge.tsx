import type { RunStatus, StepStatus } from "@/shared/types";
import { Icon } from "./Icon";

/**
 * `warned`: a dry run went on, but a real one would fail as the installation is set up now. `reviewing`: a step that
 * waits for people.
 */
export type Status = RunStatus | StepStatus | "warned" | "reviewing";

/** Icon, colour and words of each state of a run or step: never colour alone. */
export const STATUS: Record<Status, { label: string; icon: string; tone: string }> = {
  queued: { label: "Queued", icon: "clock", tone: "secondary" },
  running: { label: "Running", icon: "loader-2", tone: "blue" },
  waiting: { label: "Waiting", icon: "hourglass", tone: "yellow" },
  reviewing: { label: "Waiting for review", icon: "hourglass", tone: "yellow" },
  retrying: { label: "Will try again", icon: "repeat", tone: "orange" },
  succeeded: { label: "Succeeded", icon: "circle-check", tone: "green" },
  warned: { label: "Would not work", icon: "alert-triangle", tone: "yellow" },
  failed: { label: "Failed", icon: "circle-x", tone: "red" },
  skipped: { label: "Skipped", icon: "player-skip-forward", tone: "secondary" },
  cancelled: { label: "Cancelled", icon: "ban", tone: "secondary" },
  interrupted: { label: "Interrupted", icon: "hand-stop", tone: "orange" },
};

export function StatusBadge({ status }: { status: Status }) {
  const { label, icon, tone } = STATUS[status];
  return (
    <span className={`badge hf-badge bg-${tone}-lt text-${tone}-lt-fg`}>
      <Icon name={icon} size={14} className={status === "running" ? "icon-spin" : ""} />
      {label}
    </span>
  );
}
