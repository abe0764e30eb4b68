import { useId } from "react";
import { pathsOf, typeName } from "@/graph/shapes";
import { bareField } from "@/graph/templates";
import { typedText } from "@/shared/json";
import { useForm } from "../formContext";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** The dotted path of a field of the record, with what there is to choose from. */
export function PathField({ spec, path, value, problems, onChange }: FieldProps) {
  const { shape } = useForm();
  const ids = useFieldIds(path);
  const listId = useId();
  const text = typedText(value);
  return (
    <FieldFrame spec={spec} path={path} problems={problems} text={text} onRepair={onChange}>
      <input
        id={ids.id}
        className={`form-control font-monospace ${problems.length > 0 ? "is-invalid" : ""}`}
        list={listId}
        autoComplete="off"
        spellCheck={false}
        placeholder={spec.ui.placeholder ?? typedText(spec.schema.default)}
        value={text}
        {...describedBy(ids, spec, problems)}
        onPaste={(event) => {
          const bare = bareField(event.clipboardData.getData("text/plain"));
          if (bare === null) return;
          event.preventDefault();
          onChange(bare);
        }}
        onChange={(event) => onChange(event.target.value || (spec.isRequired ? "" : undefined))}
      />
      <datalist id={listId}>
        {pathsOf(shape).map(({ path: parts, shape: inner }) => (
          <option
            key={parts.join(".")}
            value={parts.join(".")}
            label={`${typeName(inner)} ${inner.description ?? ""}`}
          />
        ))}
      </datalist>
    </FieldFrame>
  );
}
