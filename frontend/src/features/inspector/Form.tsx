import type { Config } from "@/shared/types";
import { ChoiceField } from "./fields/ChoiceField";
import { CredentialField } from "./fields/CredentialField";
import { DynamicField } from "./fields/DynamicField";
import { EventTypeField } from "./fields/EventTypeField";
import { JsonField } from "./fields/JsonField";
import { ListField } from "./fields/ListField";
import { MapField } from "./fields/MapField";
import { NumberField } from "./fields/NumberField";
import { ObjectField } from "./fields/ObjectField";
import { PathField } from "./fields/PathField";
import { SwitchField } from "./fields/SwitchField";
import { TemplateField } from "./fields/TemplateField";
import { TextField } from "./fields/TextField";
import { ValueField } from "./fields/ValueField";
import { FormContext, type FormContextValue, WidgetContext, type Widgets } from "./formContext";
import { type OnChange, SchemaForm } from "./SchemaForm";

export const WIDGETS: Widgets = {
  text: TextField,
  textarea: TextField,
  duration: TextField,
  template: TemplateField,
  value: ValueField,
  json: JsonField,
  path: PathField,
  "event-type": EventTypeField,
  number: NumberField,
  switch: SwitchField,
  choice: ChoiceField,
  dynamic: DynamicField,
  credential: CredentialField,
  list: ListField,
  map: MapField,
  object: ObjectField,
};

interface Props {
  context: FormContextValue;
  value: Config;
  onChange: OnChange;
}

/** The form of a whole schema. It hands the widgets down, so that those that hold fields need not know the others. */
export function Form({ context, value, onChange }: Props) {
  return (
    <FormContext value={context}>
      <WidgetContext value={WIDGETS}>
        <SchemaForm schema={context.root} root={context.root} value={value} onChange={onChange} />
      </WidgetContext>
    </FormContext>
  );
}
