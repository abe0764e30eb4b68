import type { Config } from "@/shared/types";
import { useForm } from "../formContext";
import { SchemaForm } from "../SchemaForm";
import { Help, Problems, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** A form within the form. One that may be left out has a switch. */
export function ObjectField({ spec, path, value, problems, onChange }: FieldProps) {
  const { root } = useForm();
  const ids = useFieldIds(path);
  const isOptional = spec.isNullable;
  const isOn = value != null || !isOptional;
  return (
    <fieldset className="hf-group">
      <legend>
        {isOptional ? (
          <label className="form-check form-switch mb-0" htmlFor={ids.id}>
            <input
              id={ids.id}
              type="checkbox"
              role="switch"
              className="form-check-input"
              checked={isOn}
              aria-describedby={spec.help ? ids.helpId : undefined}
              onChange={(event) => onChange(event.target.checked ? {} : undefined)}
            />
            <span className="form-check-label">{spec.label}</span>
          </label>
        ) : (
          spec.label
        )}
      </legend>
      <Help spec={spec} id={ids.helpId} />
      <Problems problems={problems} id={ids.problemId} />
      {isOn ? (
        <SchemaForm
          schema={spec.schema}
          root={root}
          value={(value ?? {}) as Config}
          path={path}
          onChange={(next, at, label) => onChange(next, at, label)}
        />
      ) : null}
    </fieldset>
  );
}
