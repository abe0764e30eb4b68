import type { ComponentType } from "react";
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
import { useFieldProblems } from "./formContext";
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

/** One field with its label, help and problems, all tied to the input. */
export function Field(props: Omit<FieldProps, "problems">) {
  const problems = useFieldProblems(props.path);
  const Widget = WIDGETS[props.spec.kind];
  return (
    <div className={`hf-field ${problems.length > 0 ? "has-problem" : ""}`} data-field={props.path}>
      <Widget {...props} problems={problems} />
    </div>
  );
}
