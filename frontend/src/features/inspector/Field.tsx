import type { ComponentType } from "react";
import { markLeft } from "@/session/calm";
import { useSession } from "@/session/session";
import { ChoiceField } from "./fields/ChoiceField";
import { EventTypeField } from "./fields/EventTypeField";
import { JsonField } from "./fields/JsonField";
import { ListField } from "./fields/ListField";
import { MapField } from "./fields/MapField";
import { NumberField } from "./fields/NumberField";
import { ObjectField } from "./fields/ObjectField";
import { PathField } from "./fields/PathField";
import type { FieldProps } from "./fields/props";
import { SwitchField } from "./fields/SwitchField";
import { TemplateField } from "./fields/TemplateField";
import { TextField } from "./fields/TextField";
import { ValueField } from "./fields/ValueField";
import { useFieldProblems, useForm } from "./formContext";
import type { FieldKind } from "./schema";

export const WIDGETS: Record<FieldKind, ComponentType<FieldProps>> = {
  text: TextField,
  textarea: TextField,
  password: TextField,
  duration: TextField,
  template: TemplateField,
  value: ValueField,
  json: JsonField,
  path: PathField,
  "event-type": EventTypeField,
  number: NumberField,
  switch: SwitchField,
  choice: ChoiceField,
  list: ListField,
  map: MapField,
  object: ObjectField,
};

const LEFT_MS = 250;

/** One field with its label, help and problems, all tied to the input. */
export function Field(props: Omit<FieldProps, "problems">) {
  const session = useSession();
  const { nodeId } = useForm();
  const problems = useFieldProblems(props.path);
  const Widget = WIDGETS[props.spec.kind];
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
