import { type ReactNode, useMemo } from "react";
import type { Config, Schema } from "@/shared/types";
import { Field } from "./Field";
import { useForm } from "./formContext";
import { type FieldSpec, fieldSpecs, isShown } from "./schema";

export type OnChange = (value: Config, path: string, label: string) => void;

interface Props {
  schema: Schema;
  root: Schema;
  value: Config;
  /** The dotted path of this object inside the config; empty at the top. */
  path?: string;
  onChange: OnChange;
}

/** A form made from a JSON Schema with the server's hints. It knows no node type. */
export function SchemaForm({ schema, root, value, path = "", onChange }: Props) {
  const specs = useMemo(() => fieldSpecs(schema, root), [schema, root]);
  const { problems } = useForm();
  const hasError = (name: string) => {
    const at = path ? `${path}.${name}` : name;
    return problems.some(
      ({ field, severity }) => severity === "error" && (field === at || field?.startsWith(`${at}.`)),
    );
  };
  // What keeps the flow from being published is never out of sight.
  const shown = specs.filter((spec) => isShown(spec, value, specs) || hasError(spec.name));
  const set = (spec: FieldSpec, next: unknown, at: string, label: string) => {
    const { [spec.name]: _, ...others } = value;
    onChange(next === undefined ? others : { ...value, [spec.name]: next }, at, label);
  };
  const field = (spec: FieldSpec): ReactNode => {
    const at = path ? `${path}.${spec.name}` : spec.name;
    return (
      <Field
        key={spec.name}
        spec={spec}
        path={at}
        value={value[spec.name]}
        onChange={(next, inner = at, label = spec.label) => set(spec, next, inner, label)}
      />
    );
  };
  if (shown.length === 0) return <p className="text-secondary mb-0">There is nothing to set.</p>;
  return (
    <>
      {inGroups(shown).map(([group, members]) =>
        group ? (
          <Group key={group} title={group}>
            {members.map(field)}
          </Group>
        ) : (
          members.map(field)
        ),
      )}
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className="hf-group">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

/** Neighbours that share a heading, in order. */
function inGroups(specs: readonly FieldSpec[]): [string, FieldSpec[]][] {
  const groups: [string, FieldSpec[]][] = [];
  for (const spec of specs) {
    const name = spec.ui.group ?? "";
    const same = groups.find(([title]) => title === name && title !== "");
    if (same) same[1].push(spec);
    else if (groups.at(-1)?.[0] === name) groups.at(-1)?.[1].push(spec);
    else groups.push([name, [spec]]);
  }
  return groups;
}
