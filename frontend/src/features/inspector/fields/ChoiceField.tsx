import { choicesOf } from "../schema";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** One of several values, of any JSON type. A value that is no longer offered stays and is marked. */
export function ChoiceField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  const choices = choicesOf(spec.schema) ?? [];
  const fallback = spec.schema.default;
  const current = value ?? fallback;
  const index = choices.findIndex((choice) => choice.value === current);
  const isStrange = current != null && index === -1;
  return (
    <FieldFrame spec={spec} path={path} problems={problems}>
      <select
        id={ids.id}
        className={`form-select ${problems.length > 0 ? "is-invalid" : ""}`}
        value={isStrange ? "strange" : index === -1 ? "" : String(index)}
        {...describedBy(ids, spec, problems)}
        onChange={(event) => {
          const chosen = event.target.value;
          onChange(chosen === "" ? undefined : choices[Number(chosen)]?.value);
        }}
      >
        {fallback == null ? <option value="">Choose…</option> : null}
        {isStrange ? (
          <option value="strange" disabled>
            {String(current)} (not offered)
          </option>
        ) : null}
        {choices.map((choice, i) => (
          <option key={String(choice.value)} value={String(i)}>
            {choice.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}
