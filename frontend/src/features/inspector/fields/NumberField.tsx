import { useState } from "react";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** A number. What is no number yet stays in the input and out of the config. */
export function NumberField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  const [draft, setDraft] = useState<string | null>(null);
  const fallback = spec.schema.default;
  return (
    <FieldFrame spec={spec} path={path} problems={problems}>
      <input
        id={ids.id}
        type="number"
        className={`form-control hf-short ${problems.length > 0 ? "is-invalid" : ""}`}
        placeholder={spec.ui.placeholder ?? (fallback == null ? "" : String(fallback))}
        min={spec.schema.minimum ?? spec.schema.exclusiveMinimum}
        max={spec.schema.maximum}
        step={spec.schema.type === "integer" ? 1 : "any"}
        value={draft ?? (value == null ? "" : String(value))}
        {...describedBy(ids, spec, problems)}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          if (text === "") onChange(undefined);
          else if (Number.isFinite(Number(text))) onChange(Number(text));
        }}
        onBlur={() => setDraft(null)}
      />
    </FieldFrame>
  );
}
