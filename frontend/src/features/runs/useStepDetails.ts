import { useEffect } from "react";
import { useStore } from "zustand";
import { RunApi } from "@/api/runs";
import { useSession } from "@/session/session";
import type { Step } from "@/shared/types";

/** The websocket tells states only; inputs and outputs are asked for when someone looks, and again in a new state. */
export function useStepDetails(step: Step | undefined): void {
  const session = useSession();
  const runId = useStore(session.live.run.store, (state) => state.runId);
  const isMissing = step !== undefined && (step.input === undefined || step.output === undefined);
  const status = step?.status;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each state has details of its own
  useEffect(() => {
    if (!isMissing || !runId) return;
    let isWanted = true;
    new RunApi(session.api.client, runId).steps().then(
      ({ results }) => isWanted && session.live.run.take({ steps: results }),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [session, runId, isMissing, status]);
}
