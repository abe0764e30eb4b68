import { createStore, type StoreApi } from "zustand/vanilla";
import { type Liveness, LiveSocket } from "@/api/socket";
import type { Run } from "@/shared/types";
import { RunFollower } from "./runStore";

export interface FlowRunsState {
  /** Newest first. */
  runs: Pick<Run, "id" | "status" | "subject" | "created_at" | "finished_at">[];
  liveness: Liveness;
  /** Whether the overlay on the canvas is shown. */
  isShown: boolean;
}

/** Hears of new runs of one flow and follows the newest, or the one that was chosen. */
export class FlowFollower {
  readonly store: StoreApi<FlowRunsState> = createStore<FlowRunsState>()(() => ({
    runs: [],
    liveness: "connecting",
    isShown: false,
  }));
  readonly run = new RunFollower();
  private socket: LiveSocket | null = null;
  private openedAt = new Date(0).toISOString();

  start(flowId: string): void {
    this.openedAt = new Date(Date.now() - 2000).toISOString();
    this.socket = new LiveSocket(() => `/ws/v1/flows/${flowId}/runs/`, {
      onMessage: (message) => this.hear(message),
      onLiveness: (liveness) => this.store.setState({ liveness }),
    });
  }

  stop(): void {
    this.socket?.close();
    this.run.stop();
  }

  show(runId: string): void {
    this.store.setState({ isShown: true });
    if (this.run.store.getState().runId !== runId) this.run.follow(runId);
  }

  hide(): void {
    this.store.setState({ isShown: false });
    this.run.stop();
  }

  private hear(message: Record<string, unknown>): void {
    if (message.type !== "runs" || !Array.isArray(message.runs)) return;
    const fresh = message.runs as FlowRunsState["runs"];
    const byId = new Map([...this.store.getState().runs, ...fresh].map((run) => [run.id, run]));
    const runs = [...byId.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1)).slice(0, 50);
    this.store.setState({ runs });
    const newest = runs[0];
    // Runs from before the editor was opened are listed; only new ones light up by themselves.
    if (newest && newest.created_at >= this.openedAt) this.show(newest.id);
  }
}
