import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import type { Hook } from "@/api/flows";
import { useChecks, useDocument, useSession } from "@/app/session";
import { FormContext } from "@/features/inspector/formContext";
import { FLOW_SETTINGS } from "@/features/inspector/nodeSettings";
import { SchemaForm } from "@/features/inspector/SchemaForm";
import { FlowSwitch } from "@/features/toolbar/FlowSwitch";
import { setFlow } from "@/graph/changes";

/** What holds for the flow as a whole. */
export function FlowPanel() {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const allProblems = useChecks((state) => state.problems);
  const apply = session.documents.getState().apply;
  const context = useMemo(
    () => ({
      root: FLOW_SETTINGS,
      nodeId: null,
      shape: null,
      idPrefix: "flow",
      problems: allProblems
        .filter((problem) => !problem.node)
        .map((problem) => ({ ...problem, field: problem.field?.replace(/^settings\./, "") ?? null })),
    }),
    [allProblems],
  );
  return (
    <div className="hf-panel-body">
      <FlowSwitch isLong />
      <div className="hf-field">
        <label className="form-label" htmlFor="flow-name">
          Name
        </label>
        <input
          id="flow-name"
          className="form-control"
          value={document.name}
          maxLength={200}
          onChange={(event) => apply(setFlow(document, { name: event.target.value }, "name"))}
        />
      </div>
      <div className="hf-field">
        <label className="form-label" htmlFor="flow-description">
          Description
        </label>
        <textarea
          id="flow-description"
          className="form-control"
          rows={3}
          value={document.description}
          onChange={(event) => apply(setFlow(document, { description: event.target.value }, "description"))}
        />
      </div>
      <FormContext value={context}>
        <SchemaForm
          schema={FLOW_SETTINGS}
          root={FLOW_SETTINGS}
          value={document.settings}
          onChange={(settings) => apply(setFlow(document, { settings }, "flow settings"))}
        />
      </FormContext>
      <HookBox />
    </div>
  );
}

/** The address and secret of an inbound webhook, for flows that begin with one. */
function HookBox() {
  const session = useSession();
  const version = useStore(session.flow, (flow) => flow.published_version);
  const [hook, setHook] = useState<Hook | null>(null);
  const [secret, setSecret] = useState("");
  const starts = useDocument((document) =>
    document.nodes.some((node) => {
      const type = session.types.get(node.type);
      return type && !type.has_input && /webhook|hook/.test(type.type);
    }),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: publishing is what makes a hook
  useEffect(() => {
    if (!starts) return setHook(null);
    session.api.hook().then(setHook, () => setHook(null));
  }, [session, starts, version]);
  if (!hook) return null;
  const rotate = async () => {
    try {
      setSecret((await session.api.rotateHook()).secret);
    } catch (error) {
      session.ui.getState().toast(messageOf(error), "danger");
    }
  };
  const make = () =>
    session.api.makeHook().then(setHook, (error) => session.ui.getState().toast(messageOf(error), "danger"));
  if (!hook.url)
    return (
      <fieldset className="hf-group">
        <legend>Inbound webhook</legend>
        <p className="form-hint">Publishing the flow gives it an address.</p>
        <button type="button" className="btn btn-sm" onClick={() => void make()}>
          Make the address now
        </button>
      </fieldset>
    );
  return (
    <fieldset className="hf-group">
      <legend>Inbound webhook</legend>
      <label className="form-label" htmlFor="hook-url">
        Address
      </label>
      <div className="input-group mb-2">
        <input id="hook-url" className="form-control font-monospace" readOnly value={hook.url} />
        <button type="button" className="btn" data-copy={hook.url}>
          Copy
        </button>
      </div>
      {secret ? (
        <div className="alert alert-info">
          The new secret, shown this once: <code>{secret}</code>
        </div>
      ) : null}
      <button type="button" className="btn btn-sm" onClick={() => void rotate()}>
        {hook.has_secret ? "Make a new secret (the old one stops working)" : "Make the secret"}
      </button>
    </fieldset>
  );
}
