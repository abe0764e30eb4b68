import { useMemo } from "react";
import { useStore } from "zustand";
import { useSession } from "@/session/session";
import type { DryStep, LogLine, Step } from "@/shared/types";
import { JsonView } from "@/shared/ui/JsonView";
import { StatusBadge } from "@/shared/ui/StatusBadge";
import { shownStatus } from "./shownStatus";
import { useStepDetails } from "./useStepDetails";

/** What went in and came out of a node in the shown run, or in the last dry run. */
export function ResultView({ node }: { node: string }) {
  const session = useSession();
  const isLive = useStore(session.live.store, (state) => state.isShown);
  const dry = useStore(session.test, (state) => state.result?.steps.find((step) => step.node === node));
  const dryOf = useStore(session.test, (state) => state.of);
  const document = useStore(session.documents, (state) => state.document);
  if (isLive) return <LiveResult node={node} />;
  if (!dry) return null;
  return <Result title="Dry run" step={dry} note={dryOf !== document ? "The flow has changed since." : ""} />;
}

function LiveResult({ node }: { node: string }) {
  const session = useSession();
  const step = useStore(session.live.run.store, (state) =>
    state.steps.findLast((step) => step.node === node),
  );
  const logs = useStore(session.live.run.store, (state) => state.logs);
  const mine = useMemo(() => logs.filter((line) => line.node === node), [logs, node]);
  useStepDetails(step);
  if (!step) return <p className="text-secondary small mt-3">The shown run has not come here.</p>;
  return <Result title="Shown run" step={{ ...step, logs: mine }} />;
}

/** The last lines are enough beside the drawing; the page of the run has them all. */
const LOG_LINES = 50;

function NodeLog({ lines }: { lines: readonly Pick<LogLine, "level" | "text">[] }) {
  return (
    <figure className="hf-json">
      <figcaption>Log</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        {lines
          .slice(-LOG_LINES)
          .map((line) => `${line.level}  ${line.text}`)
          .join("\n")}
      </pre>
    </figure>
  );
}

interface ResultProps {
  title: string;
  step: Pick<Step, "status" | "input" | "output" | "error"> &
    Partial<Pick<DryStep, "preview" | "warnings"> & { logs: readonly Pick<LogLine, "level" | "text">[] }>;
  note?: string;
}

/** What a person asks first of a node that has run: what went wrong, what came in, what came out, what it said. */
export function Result({ title, step, note = "" }: ResultProps) {
  const { input, output, preview, error, warnings = [], logs = [] } = step;
  return (
    <section className="hf-result" aria-label={title}>
      <h3 className="hf-heading">
        {title} <StatusBadge status={shownStatus(step)} />{" "}
        {note ? <span className="text-warning small">{note}</span> : null}
      </h3>
      {error ? (
        <div className="alert alert-danger py-2">
          {error.message} {error.hint}
        </div>
      ) : null}
      {warnings.map((warning) => (
        <div className="alert alert-warning py-2" key={warning.message}>
          {warning.message} {warning.hint}
        </div>
      ))}
      {preview != null ? <JsonView value={preview} label="Would do" /> : null}
      <JsonView value={input} label="Input" />
      <JsonView value={output} label="Output" />
      {logs.length > 0 ? <NodeLog lines={logs} /> : null}
    </section>
  );
}
