import { JsonField } from "./JsonField";
import type { FieldProps } from "./props";
import { TemplateField } from "./TemplateField";

/** A template, or any other JSON value: text is edited as a template, everything else as JSON. */
export function ValueField(props: FieldProps) {
  const { value, onChange } = props;
  const isText = value === undefined || value === null || typeof value === "string";
  const swap = isText ? () => onChange({}) : () => onChange("");
  return (
    <>
      {isText ? <TemplateField {...props} /> : <JsonField {...props} />}
      <button type="button" className="btn btn-sm btn-ghost-secondary hf-swap" onClick={swap}>
        {isText ? "Write JSON instead" : "Write text instead"}
      </button>
    </>
  );
}
