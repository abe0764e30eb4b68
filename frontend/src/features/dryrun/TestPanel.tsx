import { useState } from "react";
import { useStore } from "zustand";
import { RecentRuns } from "@/features/runs/RecentRuns";
import { Result } from "@/features/runs/ResultView";
import { shownResult, shownStatus } from "@/features/runs/shownStatus";
import { nodeName } from "@/graph/model";
import { dryRun } from "@/session/actions";
import { useDocument, useSession } from "@/session/session";
import type { DryStep } from "@/shared/types";
import { EntryText } from "@/shared/ui/EntryText";
import { Icon } from "@/shared/ui/Icon";
import { StatusBadge } from "@/shared/ui/StatusBadge";
import { SamplePicker } from "./SamplePicker";

/** Trying the flow: a dry run without side effects, a real run of the published version, and recent runs. */
export function TestPanel() {
  const session = useSession();
  const { result, isRunning, error, of } = useStore(session.test);
  const document = useDocument((doc) => doc);
  const version = useStore(session.flow, (flow) => flow.published_version);
  const isOn = useStore(session.flow, (flow) => flow.is_enabled);
  return (
    <div className="hf-panel-body">
      {session.may.run ? null : (
        <p className="text-secondary">You may look at runs of this flow, not start any.</p>
      )}
      <div hidden={!session.may.run}>
        <SamplePicker />
        <div className="btn-list mb-3">
          <button
            type="button"
            className="btn btn-primary"
            disabled={isRunning}
            onClick={() => void dryRun(session)}
          >
            <Icon name={isRunning ? "loader-2" : "flask"} className={isRunning ? "icon-spin" : ""} /> Dry run
          </button>
          <button
            type="button"
            className="btn"
            disabled={version == null || !isOn}
            title={
              version == null
                ? "Publish the flow first."
                : isOn
                  ? `Runs version ${version} for real.`
                  : "Switch the flow on first."
            }
            onClick={() => session.ui.getState().show({ kind: "run" })}
          >
            <Icon name="player-play" /> Run for real…
          </button>
        </div>
        <p className="text-secondary small">
          A dry run touches nothing outside: actions show what they would do.
        </p>
      </div>
      {error ? <div className="alert alert-danger">{error}</div> : null}
      {result ? (
        <>
          <h3 className="hf-heading">
            Dry run <StatusBadge status={shownResult(result)} />
            {of !== document ? <span className="text-warning small">The flow has changed since.</span> : null}
          </h3>
          {result.note ? <div className="alert alert-warning py-2">{result.note}</div> : null}
          <ol className="list-unstyled hf-steps">
            {result.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the run
              <DryStepRow key={index} step={step} name={nodeName(document, step.node)} />
            ))}
          </ol>
        </>
      ) : null}
      <RecentRuns />
    </div>
  );
}

function DryStepRow({ step, name }: { step: DryStep; name: string }) {
  const session = useSession();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <li className="hf-step" data-step={step.node}>
      <button
        type="button"
        className="hf-entry"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen);
          session.ui.getState().select([step.node]);
          session.ui.getState().open("test");
        }}
      >
        <Icon name={isOpen ? "chevron-down" : "chevron-right"} size={16} />
        <EntryText name={name} summary={step.port ? `left by ${step.port}` : ""} />
        <StatusBadge status={shownStatus(step)} />
      </button>
      {isOpen ? <Result title={name} step={step} /> : null}
    </li>
  );
}
