import { useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { HookPanel } from "@/features/hook/HookPanel";
import { ResultView } from "@/features/runs/ResultView";
import { rename, setConfig, setNodeSettings } from "@/graph/changes";
import { nodeById } from "@/graph/model";
import { copySelection, deleteSelection, healSelection } from "@/session/actions";
import { duplicateSelection } from "@/session/adding";
import { useProblems } from "@/session/calm";
import { inputShape } from "@/session/checker";
import { useChecks, useDocument, useSession, useUi } from "@/session/session";
import type { FlowNode, NodeType } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { JsonView } from "@/shared/ui/JsonView";
import { FieldTree } from "./FieldTree";
import { Form } from "./Form";
import { useFocusField } from "./useFocusField";
import { Wires } from "./Wires";

/** The settings of the chosen node: what comes in, the form, what came out. */
export function Inspector() {
  const session = useSession();
  const id = useUi((ui) => ui.selected.at(-1));
  const isSingle = useUi((ui) => ui.selected.length === 1);
  const node = useDocument((document) => (id ? nodeById(document, id) : undefined));
  if (!node || !isSingle) return <Nothing />;
  return <NodePanel key={node.id} node={node} type={session.types.get(node.type)} />;
}

function Nothing() {
  const many = useUi((ui) => ui.selected.length);
  return (
    <p className="text-secondary p-3">
      {many > 1
        ? `${many} nodes are chosen. Choose one to set it.`
        : "Choose a node to set it, or add one from the list."}
    </p>
  );
}

function NodePanel({ node, type }: { node: FlowNode; type: NodeType | undefined }) {
  const session = useSession();
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // Each node begins at its top; what jumps to a field scrolls there afterwards.
    panel.current?.closest(".hf-panel-scroll")?.scrollTo?.(0, 0);
  }, []);
  useFocusField(panel, node.id);
  const endBurst = () => session.documents.getState().endBurst();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that a field was left
    <div ref={panel} className="hf-panel-body" onBlur={endBurst}>
      <div className={`hf-node-title kind-${type?.kind ?? "unknown"}`}>
        <span className="hf-node-icon">
          <Icon name={type?.icon ?? "help"} size={20} />
        </span>
        <div className="flex-fill">
          <input
            className="form-control form-control-flush hf-name-input"
            aria-label="Name of the node"
            data-field="$name"
            value={node.name}
            maxLength={200}
            readOnly={!session.may.edit}
            onChange={(event) => session.documents.getState().apply(rename(node, event.target.value))}
          />
          <small className="text-secondary">
            {type ? type.summary : `${node.type} is not available here`}
          </small>
        </div>
        {session.may.edit ? <NodeMenu /> : null}
      </div>
      <ResultView node={node.id} />
      <fieldset disabled={!session.may.edit}>
        {type ? <TypedForms node={node} type={type} /> : <Unavailable node={node} />}
      </fieldset>
      {type?.trigger?.kind === "hook" ? <HookPanel config={node.config} /> : null}
    </div>
  );
}

function NodeMenu() {
  const session = useSession();
  const copy = () => void navigator.clipboard?.writeText(copySelection(session) ?? "");
  return (
    <div className="dropdown">
      <button
        type="button"
        className="btn btn-icon btn-ghost-secondary"
        data-bs-toggle="dropdown"
        aria-label="More for this node"
      >
        <Icon name="dots-vertical" />
      </button>
      <div className="dropdown-menu dropdown-menu-end">
        <button type="button" className="dropdown-item" onClick={() => duplicateSelection(session)}>
          Duplicate <kbd className="ms-auto">Ctrl D</kbd>
        </button>
        <button type="button" className="dropdown-item" onClick={copy}>
          Copy <kbd className="ms-auto">Ctrl C</kbd>
        </button>
        <button type="button" className="dropdown-item" onClick={() => healSelection(session)}>
          Delete, join neighbours <kbd className="ms-auto">Ctrl Del</kbd>
        </button>
        <button type="button" className="dropdown-item text-danger" onClick={() => deleteSelection(session)}>
          Delete <kbd className="ms-auto">Del</kbd>
        </button>
      </div>
    </div>
  );
}

function Unavailable({ node }: { node: FlowNode }) {
  return (
    <>
      <div className="alert alert-warning" role="note">
        The node type “{node.type}” is not available on this server. The node keeps its settings; the flow can
        be published when the type is back or the node is gone.
      </div>
      <JsonView value={node.config} label="Config" />
    </>
  );
}

/** Values that the node type has no field for, such as from an older version: shown, kept, and removed on demand. */
function UnknownKeys({ node, type }: { node: FlowNode; type: NodeType }) {
  const session = useSession();
  const known = type.config_schema.properties ?? {};
  const keys = Object.keys(node.config).filter((key) => !Object.hasOwn(known, key));
  return keys.map((key) => (
    <div key={key} className="hf-field alert alert-warning py-2 d-flex" data-field={key}>
      <span className="flex-fill">
        “{key}” is not a field of this node: <code>{JSON.stringify(node.config[key])}</code>
      </span>
      <button
        type="button"
        className="btn btn-sm"
        onClick={() => {
          const { [key]: _, ...config } = node.config;
          session.documents.getState().apply(setConfig(node, config, key, key));
        }}
      >
        Remove {key}
      </button>
    </div>
  ));
}

function TypedForms({ node, type }: { node: FlowNode; type: NodeType }) {
  const session = useSession();
  const allProblems = useProblems();
  const shape = useChecks((state) => inputShape(state, node.id));
  const latest = useRef(node);
  useEffect(() => {
    latest.current = node;
  }, [node]);
  const context = useMemo(
    () => ({
      root: type.config_schema,
      nodeId: node.id,
      shape,
      problems: allProblems.filter((problem) => problem.node === node.id && !problem.isCalm),
      idPrefix: `node-${node.id}`,
    }),
    [type, node.id, shape, allProblems],
  );
  const settingsSchema = type.settings_schema;
  const settingsContext = useMemo(
    () => ({
      ...context,
      root: settingsSchema,
      nodeId: null,
      idPrefix: `settings-${node.id}`,
      problems: context.problems.flatMap((problem) =>
        problem.field?.startsWith("settings.")
          ? [{ ...problem, field: problem.field.slice("settings.".length) }]
          : [],
      ),
    }),
    [context, settingsSchema, node.id],
  );
  const general = context.problems.filter((problem) => !problem.field);
  return (
    <>
      {general.map((problem) => (
        <div
          key={problem.code + problem.message}
          className={`alert alert-${problem.severity === "error" ? "danger" : "warning"} py-2`}
        >
          {problem.message} {problem.hint}
        </div>
      ))}
      {type.has_input && shape ? <FieldTree node={node.id} shape={shape} /> : null}
      <Form
        context={context}
        value={node.config}
        onChange={(config, path, label) =>
          session.documents.getState().apply(setConfig(latest.current, config, path, label))
        }
      />
      <UnknownKeys node={node} type={type} />
      <Wires node={node} type={type} />
      {type.has_input ? (
        <details className="hf-more" data-settings>
          <summary>Retry and time limit</summary>
          <Form
            context={settingsContext}
            value={node.settings}
            onChange={(settings, path) =>
              session.documents.getState().apply(setNodeSettings(latest.current, settings, path))
            }
          />
        </details>
      ) : null}
    </>
  );
}
