import { createStore, type StoreApi } from "zustand/vanilla";
import { type Liveness, LiveSocket } from "@/api/socket";
import type { LogLine, Run, RunStatus, Step } from "@/shared/types";

export interface RunState {
  runId: string | null;
  run: Partial<Run> | null;
  /** The newest state of each try of each node. */
  steps: Step[];
  logs: LogLine[];
  cursor: number;
  liveness: Liveness;
}

export const nothing: RunState = {
  runId: null,
  run: null,
  steps: [],
  logs: [],
  cursor: -1,
  liveness: "connecting",
};

const key = (step: Step) => `${step.node}\n${step.attempt}`;

/** Add what a message brings. Messages may repeat; what is older than what we have is left out. */
export function absorb(state: RunState, message: Record<string, unknown>): RunState {
  if (message.type !== "snapshot" && message.type !== "delta") return state;
  const steps = mergeSteps(state.steps, (message.steps ?? []) as Step[]);
  const logs = mergeLogs(state.logs, (message.logs ?? []) as LogLine[]);
  const run = message.run ? { ...state.run, ...(message.run as Partial<Run>) } : state.run;
  // Only the line of messages moves the cursor: steps from the API must not hide log lines that are still to come.
  const cursor = Math.max(state.cursor, Number(message.cursor ?? -1));
  return { ...state, run, steps, logs, cursor };
}

function mergeSteps(old: Step[], fresh: Step[]): Step[] {
  if (fresh.length === 0) return old;
  const byKey = new Map(old.map((step) => [key(step), step]));
  for (const step of fresh) {
    const known = byKey.get(key(step));
    if (known && step.seq < known.seq) continue;
    // The output of an earlier state is none of this one.
    const kept = known?.status === step.status ? known : { ...known, output: undefined };
    byKey.set(key(step), { ...kept, ...step });
  }
  return [...byKey.values()].sort((a, b) => a.seq - b.seq);
}

function mergeLogs(old: LogLine[], fresh: LogLine[]): LogLine[] {
  const last = old.at(-1)?.seq ?? -1;
  const ahead = fresh.filter((line) => line.seq > last);
  if (ahead.length === fresh.length) return ahead.length === 0 ? old : [...old, ...ahead];
  const known = new Set(old.map((line) => line.seq));
  const missing = fresh.filter((line) => !known.has(line.seq));
  return missing.length === 0 ? old : [...old, ...missing].sort((a, b) => a.seq - b.seq);
}

/** The last try of each node, by node. */
export function latestSteps(steps: readonly Step[]): Record<string, Step> {
  const latest: Record<string, Step> = {};
  for (const step of steps) {
    const known = latest[step.node];
    if (!known || step.attempt >= known.attempt) latest[step.node] = step;
  }
  return latest;
}

export function isFinished(status: RunStatus | undefined): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

function runAddress(runId: string, cursor: number): string {
  return `/ws/v1/runs/${runId}/${cursor < 0 ? "" : `?after=${cursor}`}`;
}

/** Follows one run over the websocket; after a cut it asks for what came since. */
export class RunFollower {
  readonly store: StoreApi<RunState> = createStore<RunState>()(() => nothing);
  private socket: LiveSocket | null = null;

  follow(runId: string): void {
    this.stop();
    this.store.setState({ ...nothing, runId });
    this.socket = new LiveSocket(() => runAddress(runId, this.store.getState().cursor), {
      onMessage: (message) => this.store.setState((state) => absorb(state, message)),
      onLiveness: (liveness) => this.store.setState({ liveness }),
    });
  }

  /** Merge what the API answered, such as inputs and outputs that the websocket does not carry. */
  take(part: { run?: Run; steps?: Step[]; logs?: LogLine[] }): void {
    this.store.setState((state) => absorb(state, { type: "delta", ...part }));
  }

  stop(): void {
    this.socket?.close();
    this.socket = null;
    this.store.setState({ ...nothing });
  }
}
