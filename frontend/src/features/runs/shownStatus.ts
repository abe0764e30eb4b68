import type { DryRun, DryStep, StepStatus } from "@/shared/types";
import type { Status } from "@/shared/ui/StatusBadge";

export function shownStatus(step: { status: StepStatus; warnings?: DryStep["warnings"] }): Status {
  return step.status === "succeeded" && step.warnings?.length ? "warned" : step.status;
}

export function shownResult({ status, steps }: DryRun): Status {
  return status === "succeeded" && steps.some((step) => step.warnings.length > 0) ? "warned" : status;
}
