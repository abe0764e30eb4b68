import { readJson, typedText, unparsed } from "@/shared/json";
import { JsonField } from "./JsonField";
import type { FieldProps } from "./props";
import { TemplateField } from "./TemplateField";

/** A template, or any other JSON value: text is edited as a template, everything else as JSON. */
export function ValueField(props: FieldProps) {
  const { value, onChange } = props;
  const isText = value === undefined || value === null || typeof value === "string";
  const swap = () => onChange(isText ? asJson(typedText(value)) : typedText(value));
  return (
    <>
      {isText ? <TemplateField {...props} /> : <JsonField {...props} />}
      <button type="button" className="btn btn-sm btn-ghost-secondary hf-swap" onClick={swap}>
        {isText ? "Write JSON instead" : "Write text instead"}
      </button>
    </>
  );
}

/** The text goes along; as JSON it may have to be mended first. */
function asJson(text: string): unknown {
  if (text.trim() === "") return {};
  const read = readJson(text);
  return read.fault === undefined && typeof read.value !== "string" && read.value !== null
    ? read.value
    : unparsed(text);
}
