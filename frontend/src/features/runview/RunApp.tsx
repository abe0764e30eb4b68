import { ReactFlowProvider } from "@xyflow/react";
import { useStore } from "zustand";
import { Canvas } from "@/features/canvas/Canvas";
import { Liveness } from "@/features/runs/RecentRuns";
import { SessionContext } from "@/session/session";
import { StatusBadge } from "@/shared/ui/StatusBadge";
import { LogPanel } from "./LogPanel";
import type { RunSession } from "./openRun";
import { StepPanel } from "./StepPanel";
import { WaitBar } from "./WaitBar";

/** One run: the drawing with its states, the steps along time, and the log as it comes. */
export function RunApp({ run: { session, api, mayRun } }: { run: RunSession }) {
  const status = useStore(session.live.run.store, (state) => state.run?.status);
  const liveness = useStore(session.live.run.store, (state) => state.liveness);
  return (
    <SessionContext value={session}>
      <ReactFlowProvider>
        <div className="hf-run">
          <section className="card hf-run-graph" aria-label="Drawing">
            <div className="hf-run-state">
              {status ? <StatusBadge status={status} /> : null} <Liveness state={liveness} />
            </div>
            <Canvas />
          </section>
          <WaitBar api={api} mayRun={mayRun} />
          <StepPanel />
          <LogPanel api={api} />
        </div>
      </ReactFlowProvider>
    </SessionContext>
  );
}
