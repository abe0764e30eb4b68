import { useSession } from "@/session/session";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** One of the event types that there are, by group. */
export function EventTypeField({ spec, path, value, problems, onChange }: FieldProps) {
  const { eventTypes } = useSession();
  const ids = useFieldIds(path);
  const groups = [...new Set(eventTypes.map((type) => type.group))];
  const current = typeof value === "string" ? value : "";
  const known = eventTypes.find((type) => type.name === current);
  return (
    <FieldFrame spec={spec} path={path} problems={problems} text={current} onRepair={onChange}>
      <select
        id={ids.id}
        className={`form-select ${problems.length > 0 ? "is-invalid" : ""}`}
        value={current}
        {...describedBy(ids, spec, problems)}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">Choose…</option>
        {current && !known ? <option value={current}>{current} (not known)</option> : null}
        {groups.map((group) => (
          <optgroup key={group} label={group || "Others"}>
            {eventTypes
              .filter((type) => type.group === group)
              .map((type) => (
                <option key={type.name} value={type.name}>
                  {type.label} ({type.name})
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      {known?.summary ? <small className="form-hint">{known.summary}</small> : null}
    </FieldFrame>
  );
}
