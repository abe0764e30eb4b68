import { describedBy, Help, Problems, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** Yes or no. */
export function SwitchField({ spec, path, value, problems, onChange }: FieldProps) {
  const ids = useFieldIds(path);
  return (
    <>
      <label className="form-check form-switch mb-1" htmlFor={ids.id}>
        <input
          id={ids.id}
          type="checkbox"
          role="switch"
          className="form-check-input"
          checked={Boolean(value ?? spec.schema.default)}
          {...describedBy(ids, { ...spec, isRequired: false }, problems)}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span className="form-check-label">{spec.label}</span>
      </label>
      <Problems problems={problems} id={ids.problemId} />
      <Help spec={spec} id={ids.helpId} />
    </>
  );
}
