import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { useNodeState } from "@/features/runs/useNodeState";
import { nodeById } from "@/graph/model";
import { NOT_FILLED_IN, toneOf, useProblems } from "@/session/calm";
import { problemsOf } from "@/session/checker";
import { useChecks, useDocument, useSession, useUi } from "@/session/session";
import { count } from "@/shared/format";
import type { NodeType } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { STATUS, type Status } from "@/shared/ui/StatusBadge";
import { PortHandle } from "./PortHandle";

/** Draws a node of any type from what the server says of the type. */
export const BaseNode = memo(function BaseNode({ id, selected }: NodeProps) {
  const session = useSession();
  const node = useDocument((document) => nodeById(document, id));
  const type = node && session.types.get(node.type);
  const state = useNodeState(id);
  const connecting = useUi((ui) => ui.connecting);
  if (!node) return null;
  const ports = type?.ports ?? [];
  const verdict = connecting?.verdicts?.[id];
  const classes = [
    "hf-node",
    `kind-${type?.kind ?? "unknown"}`,
    selected ? "is-selected" : "",
    state ? `is-${state.status}` : "",
    connecting?.verdicts && connecting.from !== id ? (verdict === null ? "is-allowed" : "is-refused") : "",
  ];
  return (
    <div className={classes.join(" ")}>
      {type && !type.has_input ? null : (
        <Handle
          type="target"
          position={Position.Left}
          id="in"
          isConnectableStart={false}
          aria-hidden="true"
        />
      )}
      <div className="hf-node-head">
        <span className="hf-node-icon">
          <Icon name={type?.icon ?? "help"} size={20} />
        </span>
        <span className="hf-node-text">
          <span className="hf-node-name">{node.name || type?.label}</span>
          <Summary id={id} type={type} fallback={node.type} />
        </span>
        <Badges id={id} />
        {ports.length === 1 && ports[0] ? (
          <PortHandle node={id} port={ports[0].name} label={ports[0].label} />
        ) : null}
      </div>
      {ports.length > 1 ? (
        <div className="hf-ports">
          {ports.map((port) => (
            <div key={port.name} className={`hf-port ${state?.port === port.name ? "is-taken" : ""}`}>
              <span>{port.label}</span>
              <PortHandle node={id} port={port.name} label={port.label} />
            </div>
          ))}
        </div>
      ) : null}
      {type ? null : <UnknownPorts id={id} />}
      {verdict ? (
        <div className="hf-refusal">
          <Icon name="ban" size={14} /> {verdict.message}
        </div>
      ) : null}
    </div>
  );
});

/** What the node does, in the server's words; for one that is not set up yet, what it waits for. */
function Summary({ id, type, fallback }: { id: string; type: NodeType | undefined; fallback: string }) {
  const summary = useChecks((state) => state.summaries[id]);
  if (!type) return <span className="hf-node-type">{fallback}: not available here</span>;
  return (
    <span
      className={summary ? "hf-node-summary" : "hf-node-type"}
      title={summary ? `${type.label}: ${summary}` : type.summary}
    >
      {summary || type.unset || type.label}
    </span>
  );
}

/** A type that is not installed here keeps its wires; they need somewhere to begin. */
function UnknownPorts({ id }: { id: string }) {
  const ports = useDocument((document) =>
    [...new Set(document.edges.filter((edge) => edge.from === id).map((edge) => edge.port))].join("\n"),
  );
  return (
    <div className="hf-ports">
      {ports
        .split("\n")
        .filter(Boolean)
        .map((port) => (
          <div key={port} className="hf-port">
            <span>{port}</span>
            <PortHandle node={id} port={port} label={port} isReadOnly />
          </div>
        ))}
    </div>
  );
}

function Badges({ id }: { id: string }) {
  const problems = useProblems();
  const state = useNodeState(id);
  const mine = problemsOf(problems, id);
  const tone = toneOf(mine);
  return (
    <span className="hf-node-badges">
      {state && state.status !== "unreached" ? (
        <StateBadge status={state.status} attempt={state.attempt} />
      ) : null}
      {mine.length > 0 ? (
        <span
          className={`hf-dot is-${tone}`}
          title={tone === "calm" ? NOT_FILLED_IN : mine.map((problem) => problem.message).join("\n")}
        >
          <Icon name={tone === "calm" ? "pencil" : "alert-triangle"} size={14} />
          <span className="visually-hidden">
            {tone === "calm" ? NOT_FILLED_IN : count(mine.length, "problem")}
          </span>
          {mine.length > 1 ? mine.length : ""}
        </span>
      ) : null}
    </span>
  );
}

function StateBadge({ status, attempt }: { status: Status; attempt: number }) {
  const { label, icon, tone } = STATUS[status];
  return (
    <span
      className={`hf-state text-${tone}`}
      title={attempt > 1 ? `${label}, try ${attempt}` : label}
      data-status={status}
    >
      <Icon name={icon} size={18} className={status === "running" ? "icon-spin" : ""} />
      <span className="visually-hidden">{label}</span>
      {attempt > 1 ? <small>×{attempt}</small> : null}
    </span>
  );
}
