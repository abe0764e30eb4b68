import { useMemo } from "react";
import { Form } from "@/features/inspector/Form";
import { FlowSwitch } from "@/features/toolbar/FlowSwitch";
import { setFlow } from "@/graph/changes";
import { useChecks, useDocument, useSession } from "@/session/session";

/** What holds for the flow as a whole. */
export function FlowPanel() {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const allProblems = useChecks((state) => state.problems);
  const apply = session.documents.getState().apply;
  const context = useMemo(
    () => ({
      root: session.flowSettings,
      nodeId: null,
      shape: null,
      idPrefix: "flow",
      problems: allProblems
        .filter((problem) => !problem.node)
        .map((problem) => ({ ...problem, field: problem.field?.replace(/^settings\./, "") ?? null })),
    }),
    [session, allProblems],
  );
  return (
    <div className="hf-panel-body">
      <FlowSwitch isLong />
      <fieldset disabled={!session.may.edit}>
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
        <Form
          context={context}
          value={document.settings}
          onChange={(settings) => apply(setFlow(document, { settings }, "flow settings"))}
        />
      </fieldset>
    </div>
  );
}
