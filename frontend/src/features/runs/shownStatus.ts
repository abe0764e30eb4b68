import type { DryRun, DryStep, StepStatus } from "@/shared/types";
/** `warned`: the dry run went on, but a real one would fail as the installation is set up now. */
export type ShownStatus = StepStatus | "warned";

export function shownStatus(step: Pick<DryStep, "status" | "warnings">): ShownStatus {
  return step.status === "succeeded" && step.warnings.length > 0 ? "warned" : step.status;
}

export function shownResult(result: DryRun): string {
  const isWarned = result.status === "succeeded" && result.steps.some((step) => step.warnings.length > 0);
  return isWarned ? "warned" : result.status;
}
