import { useStore } from "zustand";
import type { Refusal, StepStatus } from "@/api/types";
import { useSession } from "@/app/session";
import { isFinished } from "./runStore";

export interface NodeState {
  status: StepStatus | "unreached";
  attempt: number;
  port: string | null;
  error: Refusal | null;
}

const unreached: NodeState = { status: "unreached", attempt: 0, port: null, error: null };

/** What the shown run, or else the last dry run, says of a node. Null when nothing is shown. */
export function useNodeState(id: string): NodeState | null {
  const session = useSession();
  const isShown = useStore(session.live.store, (state) => state.isShown);
  const step = useStore(session.live.run.store, (state) => state.steps.findLast((step) => step.node === id));
  const status = useStore(session.live.run.store, (state) => state.run?.status);
  const dry = useStore(session.test, (state) => state.result);
  const drySteps = dry?.steps.find((step) => step.node === id);
  if (isShown) {
    if (step) return { status: step.status, attempt: step.attempt, port: step.port, error: step.error };
    return isFinished(status) ? unreached : null;
  }
  if (!dry) return null;
  return drySteps
    ? { status: drySteps.status, attempt: 1, port: drySteps.port, error: drySteps.error }
    : unreached;
}
