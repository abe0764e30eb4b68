import { useState } from "react";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/**
 * Any JSON. Only text that parses goes into the config; until then the reason stands below.
 * Where the schema asks for a text, such as an example, the JSON stays the text that was written.
 */
export function JsonField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  const [draft, setDraft] = useState<string | null>(null);
  const isText = spec.schema.type === "string" && (value === undefined || typeof value === "string");
  const stored = isText ? (value ?? "") : value === undefined ? "" : JSON.stringify(value, null, 2);
  const shown = draft ?? String(stored);
  const fault = draft === null ? null : jsonFault(draft);
  const all = fault
    ? [
        ...problems,
        {
          code: "json",
          severity: "error" as const,
          message: fault,
          hint: "",
          node: null,
          field: path,
          edge: null,
        },
      ]
    : problems;
  return (
    <FieldFrame spec={spec} path={path} problems={all}>
      <textarea
        id={ids.id}
        className={`form-control font-monospace hf-code ${all.length > 0 ? "is-invalid" : ""}`}
        rows={Math.min(14, Math.max(4, shown.split("\n").length))}
        placeholder={spec.ui.placeholder ?? '{ "name": "{{ hostname }}" }'}
        spellCheck={false}
        value={shown}
        {...describedBy(ids, spec, all)}
        onChange={(event) => {
          const text = event.target.value;
          setDraft(text);
          if (text.trim() === "") onChange(undefined);
          else if (!jsonFault(text)) onChange(spec.schema.type === "string" ? text : JSON.parse(text));
        }}
        onBlur={() => setDraft((text) => (text !== null && jsonFault(text) ? text : null))}
      />
    </FieldFrame>
  );
}

/** What is wrong with a text as JSON, or null. Empty text is no fault. */
export function jsonFault(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `This is no JSON yet: ${error instanceof Error ? error.message : "it cannot be read"}.`;
  }
}
