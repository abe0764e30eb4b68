import { useState } from "react";
import { jsonFault, readJson, typedText, unparsed } from "@/shared/json";
import type { Problem } from "@/shared/types";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/**
 * Any JSON. Text that is none yet stays as it was typed, in the config too: it is a problem, and never lost.
 * Where the schema asks for a text, such as an example, the JSON stays the text that was written.
 */
export function JsonField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  const [draft, setDraft] = useState<string | null>(null);
  const isText = spec.schema.type === "string";
  const shown = draft ?? (isText || value === undefined ? typedText(value, 2) : jsonText(value));
  // The server says more about it, a moment later.
  const fault = problems.length > 0 ? null : jsonFault(shown);
  const all = fault ? [localProblem(path, fault)] : problems;
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
          onChange(stored(text, isText));
        }}
        onBlur={() => setDraft(null)}
      />
    </FieldFrame>
  );
}

/** What can be said before the server is asked. */
function localProblem(field: string, message: string): Problem {
  return {
    code: "json",
    severity: "error",
    message,
    hint: "",
    node: null,
    field,
    edge: null,
    span: null,
    suggestion: null,
  };
}

function stored(text: string, isText: boolean): unknown {
  if (text.trim() === "") return undefined;
  if (isText) return text;
  const read = readJson(text);
  return read.fault === undefined ? read.value : unparsed(text);
}

/** A text value in a JSON field is shown in its quotes. */
function jsonText(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : typedText(value, 2);
}
