import { useState } from "react";
import { readNumber, typedText } from "@/shared/json";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** A number. What is none yet stays as it was typed, and is a problem until it is one. */
export function NumberField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  const [draft, setDraft] = useState<string | null>(null);
  const fallback = spec.schema.default;
  return (
    <FieldFrame spec={spec} path={path} problems={problems}>
      {/* Not of type "number": such an input keeps from us what it cannot read. */}
      <input
        id={ids.id}
        type="text"
        inputMode={spec.schema.type === "integer" ? "numeric" : "decimal"}
        autoComplete="off"
        className={`form-control hf-short ${problems.length > 0 ? "is-invalid" : ""}`}
        placeholder={spec.ui.placeholder ?? typedText(fallback)}
        value={draft ?? typedText(value)}
        {...describedBy(ids, spec, problems)}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          onChange(text.trim() === "" ? undefined : readNumber(text));
        }}
        onBlur={() => setDraft(null)}
      />
    </FieldFrame>
  );
}
