import { typedText } from "@/shared/json";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** Plain text: one line, several, hidden, or a length of time. */
export function TextField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  const fallback = spec.schema.default;
  const common = {
    id: ids.id,
    className: `form-control ${problems.length > 0 ? "is-invalid" : ""} ${spec.kind === "duration" ? "hf-short" : ""}`,
    placeholder:
      spec.ui.placeholder ??
      (typeof fallback === "string" ? fallback : spec.kind === "duration" ? "30s" : ""),
    // Without a longest length: the browser would cut off what is pasted, and not say so.
    value: typedText(value),
    ...describedBy(ids, spec, problems),
    onChange: (event: { target: { value: string } }) =>
      onChange(event.target.value === "" && !spec.isRequired ? undefined : event.target.value),
  };
  return (
    <FieldFrame spec={spec} path={path} problems={problems}>
      {spec.kind === "textarea" ? (
        <textarea {...common} rows={4} />
      ) : (
        <input {...common} type="text" autoComplete="off" spellCheck={false} />
      )}
    </FieldFrame>
  );
}
