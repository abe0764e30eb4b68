import { useStore } from "zustand";
import { nodeById } from "@/graph/model";
import { isFinished } from "@/session/runStore";
import { useDocument, useSession } from "@/session/session";
import type { Refusal } from "@/shared/types";
import type { Status } from "@/shared/ui/StatusBadge";
import { shownStatus } from "./shownStatus";

export interface NodeState {
  status: Status | "unreached";
  attempt: number;
  port: string | null;
  error: Refusal | null;
}

const fired: NodeState = { status: "succeeded", attempt: 1, port: null, error: null };
const unreached: NodeState = { status: "unreached", attempt: 0, port: null, error: null };

/** What the shown run, or else the last dry run, says of a node. Null when nothing is shown. */
export function useNodeState(id: string): NodeState | null {
  const session = useSession();
  const isShown = useStore(session.live.store, (state) => state.isShown);
  const step = useStore(session.live.run.store, (state) => state.steps.findLast((step) => step.node === id));
  const status = useStore(session.live.run.store, (state) => state.run?.status);
  const isReviewed = useStore(
    session.live.run.store,
    (state) => state.run?.wait?.node === id && state.run.wait.reason === "review",
  );
  const trigger = useDocument((document) => {
    const type = session.types.get(nodeById(document, id)?.type ?? "");
    return type && !type.has_input ? type : null;
  });
  const dry = useStore(session.test, (state) => state.result);
  if (isShown) {
    if (step) {
      const waits = step.status === "waiting" && isReviewed;
      return {
        status: waits ? "reviewing" : step.status,
        attempt: step.attempt,
        port: step.port,
        error: step.error,
      };
    }
    // A run is there because its trigger fired; that is no step of the run.
    if (trigger && status) return { ...fired, port: trigger.ports[0]?.name ?? null };
    return isFinished(status) ? unreached : null;
  }
  if (!dry) return null;
  const tried = dry.steps.find((other) => other.node === id);
  return tried ? { status: shownStatus(tried), attempt: 1, port: tried.port, error: tried.error } : unreached;
}
