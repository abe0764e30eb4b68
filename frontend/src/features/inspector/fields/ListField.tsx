import { useRef } from "react";
import type { Schema, UiHints } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { Field } from "../Field";
import { useForm } from "../formContext";
import { blank, fieldSpec } from "../schema";
import { FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** A list of anything the form can edit, with entries to add, remove and move. */
export function ListField({ spec, path, value, problems, onChange }: FieldProps) {
  const { root } = useForm();
  const ids = useFieldIds(path);
  const box = useRef<HTMLDivElement>(null);
  const list = Array.isArray(value) ? value : Array.isArray(spec.schema.default) ? spec.schema.default : [];
  const items = withList(spec.schema.items ?? {}, spec.ui);
  const isFull = list.length >= (spec.schema.maxItems ?? 200);
  const add = () => {
    onChange([...list, blank(items, root)]);
    requestAnimationFrame(() => {
      const inputs = box.current?.querySelectorAll<HTMLElement>("input, textarea, select");
      inputs?.[inputs.length - 1]?.focus();
    });
  };
  const replace = (index: number, next: unknown, at?: string, label?: string) =>
    onChange(list.toSpliced(index, 1, next === undefined ? blank(items, root) : next), at, label);
  const swap = (index: number) => onChange(list.toSpliced(index - 1, 2, list[index], list[index - 1]));
  return (
    <FieldFrame spec={spec} path={path} problems={problems} isGroup>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a legend and a border of its own */}
      <div role="group" aria-labelledby={ids.labelId} ref={box} className="hf-list">
        {list.map((entry, index) => {
          const itemSpec = {
            ...fieldSpec(String(index), items, root, true),
            label: `${spec.label} ${index + 1}`,
            help: "",
          };
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
            <div className="hf-list-entry" key={index}>
              <div className="flex-fill">
                <Field
                  spec={itemSpec}
                  path={`${path}.${index}`}
                  value={entry}
                  onChange={(next, at, label) => replace(index, next, at ?? `${path}.${index}`, label)}
                />
              </div>
              <div className="hf-list-tools">
                {index > 0 ? (
                  <button
                    type="button"
                    className="btn btn-icon btn-ghost-secondary btn-sm"
                    aria-label={`Move ${itemSpec.label} up`}
                    onClick={() => swap(index)}
                  >
                    <Icon name="chevron-up" size={16} />
                  </button>
                ) : null}
                <button
                  type="button"
                  className="btn btn-icon btn-ghost-secondary btn-sm"
                  aria-label={`Remove ${itemSpec.label}`}
                  onClick={() => onChange(list.toSpliced(index, 1))}
                >
                  <Icon name="x" size={16} />
                </button>
              </div>
            </div>
          );
        })}
        <button type="button" className="btn btn-sm" onClick={add} disabled={isFull} id={ids.id}>
          <Icon name="plus" size={16} /> Add
        </button>
      </div>
    </FieldFrame>
  );
}

/** The list from an outside system belongs to the field; its entries are chosen from it. */
function withList(items: Schema, { choicesFrom }: UiHints): Schema {
  return choicesFrom ? { ...items, "x-ui": { choicesFrom, ...items["x-ui"] } } : items;
}
