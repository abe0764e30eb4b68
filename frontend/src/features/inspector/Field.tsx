import { useContext } from "react";
import { markLeft } from "@/session/calm";
import { useSession } from "@/session/session";
import type { FieldProps } from "./fields/props";
import { useFieldProblems, useForm, WidgetContext } from "./formContext";

const LEFT_MS = 250;

/** One field with its label, help and problems, all tied to the input. */
export function Field(props: Omit<FieldProps, "problems">) {
  const session = useSession();
  const { nodeId } = useForm();
  const problems = useFieldProblems(props.path);
  const Widget = useContext(WidgetContext)[props.spec.kind];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears which field is used
    <div
      className={`hf-field ${problems.length > 0 ? "has-problem" : ""}`}
      data-field={props.path}
      onFocus={(event) => {
        event.stopPropagation();
        if (nodeId)
          session.ui.setState({ lastField: { node: nodeId, path: props.path, kind: props.spec.kind } });
      }}
      onBlur={(event) => {
        const box = event.currentTarget;
        // Not at once: an editor that takes the place of a plain input takes its focus a moment later, and what a
        // click on something below aims at must not be pushed away from under the pointer.
        setTimeout(() => {
          if (nodeId && !box.contains(document.activeElement)) markLeft(session, nodeId, props.path);
        }, LEFT_MS);
      }}
    >
      <Widget {...props} problems={problems} />
    </div>
  );
}
