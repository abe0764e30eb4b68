import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { Result } from "@/features/runs/ResultView";
import { useStepDetails } from "@/features/runs/useStepDetails";
import { nodeName } from "@/graph/model";
import { isFinished, latestSteps } from "@/session/runStore";
import { useDocument, useSession, useUi } from "@/session/session";
import { duration } from "@/shared/format";
import { useNow } from "@/shared/hooks/useNow";
import type { Step } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { StatusBadge } from "@/shared/ui/StatusBadge";
import { bars } from "./timeline";

/** The steps in order, each with its place in time, its input and its output. */
export function StepPanel() {
  const session = useSession();
  const steps = useStore(session.live.run.store, (state) => state.steps);
  const run = useStore(session.live.run.store, (state) => state.run);
  const selected = useUi((ui) => ui.selected.at(-1));
  const now = useNow(!isFinished(run?.status));
  const latest = useMemo(() => latestSteps(steps), [steps]);
  const places = useMemo(() => bars(steps, run ?? {}, now), [steps, run, now]);
  return (
    <section className="card hf-run-steps" aria-label="Steps">
      <div className="card-header">
        <h2 className="card-title">Steps</h2>
      </div>
      <ol className="list-unstyled hf-steps card-body p-2 mb-0">
        {steps.map((step) => {
          const bar = places.get(step);
          const key = `${step.node}-${step.attempt}`;
          return (
            <StepRow
              key={key}
              step={step}
              isChosen={selected === step.node}
              isLatest={latest[step.node] === step}
              time={bar ? duration(bar.milliseconds) : ""}
              isEarlier={bar?.isEarlier ?? false}
              style={bar ? { insetInlineStart: `${bar.start}%`, width: `${bar.width}%` } : {}}
            />
          );
        })}
        {steps.length === 0 ? <li className="text-secondary p-2">No step has begun.</li> : null}
      </ol>
    </section>
  );
}

interface RowProps {
  step: Step;
  isChosen: boolean;
  /** Whether the node was not tried again after this. */
  isLatest: boolean;
  time: string;
  isEarlier: boolean;
  style: { insetInlineStart?: string; width?: string };
}

function StepRow({ step, isChosen, isLatest, time, isEarlier, style }: RowProps) {
  const session = useSession();
  const name = useDocument((document) => step.node_name || nodeName(document, step.node));
  const [isOpen, setIsOpen] = useState(step.status === "failed");
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isChosen || !isLatest) return;
    // Chosen on the drawing: what it did is what was asked for.
    setIsOpen(true);
    row.current?.scrollIntoView?.({ block: "nearest" });
  }, [isChosen, isLatest]);
  return (
    <li
      ref={row}
      className={`hf-step ${isChosen ? "is-chosen" : ""}`}
      data-step={step.node}
      data-status={step.status}
    >
      <button
        type="button"
        className="hf-entry"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen || !isChosen);
          session.ui.getState().select([step.node]);
        }}
      >
        <Icon name={isOpen ? "chevron-down" : "chevron-right"} size={16} />
        <span className="hf-entry-text">
          <span className="hf-entry-name">
            {name}
            {step.attempt > 1 ? <small className="text-secondary"> try {step.attempt}</small> : null}
            {step.port ? <span className="badge bg-secondary-lt ms-2">{step.port}</span> : null}
          </span>
          {isEarlier ? (
            <span className="hf-entry-summary">Taken over from the run before</span>
          ) : (
            <span className="hf-bar" aria-hidden="true">
              <span className={`is-${step.status}`} style={style} />
            </span>
          )}
        </span>
        <span className="text-secondary small text-nowrap">{time}</span>
        <StatusBadge status={step.status} />
      </button>
      {isOpen ? <StepDetail step={step} name={name} /> : null}
    </li>
  );
}

function StepDetail({ step, name }: { step: Step; name: string }) {
  useStepDetails(step);
  return <Result title={name} step={step} />;
}
