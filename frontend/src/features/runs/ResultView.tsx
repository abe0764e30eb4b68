import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { RunApi } from "@/api/runs";
import { useSession } from "@/session/session";
import type { LogLine, Step } from "@/shared/types";
import { JsonView } from "@/shared/ui/JsonView";
import { StatusBadge } from "@/shared/ui/StatusBadge";
import { shownStatus } from "./shownStatus";

/** What went in and came out of a node in the shown run, or in the last dry run. */
export function ResultView({ node }: { node: string }) {
  const session = useSession();
  const isLive = useStore(session.live.store, (state) => state.isShown);
  const dry = useStore(session.test, (state) => state.result?.steps.find((step) => step.node === node));
  const dryOf = useStore(session.test, (state) => state.of);
  const document = useStore(session.documents, (state) => state.document);
  if (isLive) return <LiveResult node={node} />;
  if (!dry) return null;
  return (
    <Result
      title="Dry run"
      status={shownStatus(dry)}
      warnings={dry.warnings}
      note={dryOf !== document ? "The flow has changed since." : ""}
      input={dry.input}
      output={dry.output}
      preview={dry.preview}
      error={dry.error}
      logs={dry.logs}
    />
  );
}

/** The websocket tells states only; inputs and outputs are asked for when someone looks. */
function LiveResult({ node }: { node: string }) {
  const session = useSession();
  const runId = useStore(session.live.run.store, (state) => state.runId);
  const known = useStore(session.live.run.store, (state) =>
    state.steps.findLast((step) => step.node === node),
  );
  const logs = useStore(session.live.run.store, (state) => state.logs);
  const mine = useMemo(() => logs.filter((line) => line.node === node), [logs, node]);
  const [step, setStep] = useState<Step | null>(null);
  useEffect(() => {
    if (!runId || !known) return;
    let isWanted = true;
    new RunApi(session.api.client, runId).steps().then(
      ({ results }) => isWanted && setStep(results.findLast((other) => other.node === node) ?? null),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [session, runId, node, known]);
  if (!known) return <p className="text-secondary small mt-3">The shown run has not come here.</p>;
  return (
    <Result
      title="Shown run"
      status={known.status}
      note=""
      input={step?.input}
      output={step?.output}
      error={known.error}
      logs={mine}
    />
  );
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
  status: string;
  note: string;
  input: unknown;
  output: unknown;
  preview?: unknown;
  error: { message: string; hint?: string } | null;
  warnings?: { message: string; hint: string }[];
  logs?: readonly Pick<LogLine, "level" | "text">[];
}

/** What a person asks first of a node that has run: what went wrong, what came in, what came out, what it said. */
export function Result(props: ResultProps) {
  const { title, status, note, input, output, preview, error, warnings = [], logs = [] } = props;
  return (
    <section className="hf-result" aria-label={title}>
      <h3 className="hf-heading">
        {title} <StatusBadge status={status} />{" "}
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
