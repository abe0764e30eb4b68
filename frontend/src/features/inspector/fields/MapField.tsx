import { useState } from "react";
import { Icon } from "@/shared/ui/Icon";
import { Field } from "../Field";
import { useForm } from "../formContext";
import { blank, fieldSpec } from "../schema";
import { FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** Names that were typed and could not be added, because there is such a name: kept when the panel goes away. */
const pendingNames = new Map<string, string>();

/** Names with values, such as headers. */
export function MapField({ spec, path, value, problems, onChange }: FieldProps) {
  const { root } = useForm();
  const ids = useFieldIds(path);
  const { idPrefix } = useForm();
  const place = `${idPrefix}:${path}`;
  const [fresh, setFreshText] = useState(pendingNames.get(place) ?? "");
  const setFresh = (text: string) => {
    pendingNames.set(place, text);
    setFreshText(text);
  };
  const map =
    value && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  const extra = spec.schema.additionalProperties;
  const inner = typeof extra === "object" ? extra : {};
  const isTaken = Object.hasOwn(map, fresh.trim());
  const add = () => {
    if (fresh.trim() === "" || isTaken) return;
    onChange({ ...map, [fresh.trim()]: blank(inner, root) });
    setFresh("");
  };
  return (
    <FieldFrame spec={spec} path={path} problems={problems} isGroup>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend and a border of its own */}
      <div role="group" aria-labelledby={ids.labelId} className="hf-list">
        {Object.entries(map).map(([name, entry]) => (
          <div className="hf-list-entry" key={name}>
            <div className="flex-fill">
              <Field
                spec={{ ...fieldSpec(name, inner, root, true), label: name, help: "" }}
                path={`${path}.${name}`}
                value={entry}
                onChange={(next, at, label) =>
                  onChange({ ...map, [name]: next ?? "" }, at ?? `${path}.${name}`, label ?? name)
                }
              />
            </div>
            <button
              type="button"
              className="btn btn-icon btn-ghost-secondary btn-sm"
              aria-label={`Remove ${name}`}
              onClick={() => {
                const { [name]: _, ...others } = map;
                onChange(others);
              }}
            >
              <Icon name="x" size={16} />
            </button>
          </div>
        ))}
        <div className="input-group input-group-sm">
          <input
            id={ids.id}
            className="form-control"
            placeholder="Name"
            aria-label={`New name in ${spec.label}`}
            value={fresh}
            onChange={(event) => setFresh(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add();
            }}
          />
          <button type="button" className="btn" onClick={add} disabled={fresh.trim() === "" || isTaken}>
            <Icon name="plus" size={16} /> Add
          </button>
        </div>
        {isTaken ? (
          <div className="text-danger small">There is a “{fresh.trim()}” already: change it above.</div>
        ) : null}
      </div>
    </FieldFrame>
  );
}
