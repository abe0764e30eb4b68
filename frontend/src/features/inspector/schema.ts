/** What input a JSON Schema asks for. Pure; the widgets follow it and know no node type. */

import type { Config, Schema, UiHints } from "@/shared/types";
export type FieldKind =
  | "text"
  | "textarea"
  | "template"
  | "value"
  | "json"
  | "path"
  | "duration"
  | "event-type"
  | "number"
  | "switch"
  | "choice"
  | "dynamic"
  | "credential"
  | "list"
  | "map"
  | "object";

export interface FieldSpec {
  name: string;
  label: string;
  help: string;
  kind: FieldKind;
  /** Of a list that an outside system gives: what is written instead of choosing. */
  freeKind?: FieldKind;
  schema: Schema;
  slot: Slot | undefined;
  ui: UiHints;
  isRequired: boolean;
  /** Whether "no value" is a value of its own: shown as a switch for objects, as empty otherwise. */
  isNullable: boolean;
  isMultiline: boolean;
}

type Slot = NonNullable<Schema["x-slot"]>;

const BY_SLOT: Record<Slot, FieldKind> = {
  text: "template",
  html: "template",
  integer: "template",
  url: "template",
  header: "template",
  address: "template",
  value: "value",
  json: "json",
  path: "path",
  duration: "duration",
  credential: "credential",
};

/** Null where the type says more. */
const BY_WIDGET: Record<NonNullable<UiHints["widget"]>, FieldKind | null> = {
  json: "json",
  switch: "switch",
  "event-type": "event-type",
  "key-value": "map",
  tags: "list",
  select: null,
  textarea: null,
  code: null,
};

/** Follow references and unwrap `allOf` of one and `anyOf` with null. Hints around a reference win over those inside. */
export function resolve(schema: Schema, root: Schema, depth = 0): Schema & { isNullable?: boolean } {
  if (depth > 10) return {};
  const { $ref, allOf, anyOf, ...rest } = schema;
  if ($ref) {
    const target = root.$defs?.[$ref.replace("#/$defs/", "")] ?? {};
    return withHints(resolve(target, root, depth + 1), rest);
  }
  if (allOf?.length === 1 && allOf[0]) return withHints(resolve(allOf[0], root, depth + 1), rest);
  if (!anyOf) return schema;
  const real = anyOf.filter((option) => option.type !== "null");
  const isNullable = real.length < anyOf.length;
  const [only] = real;
  if (real.length === 1 && only) return { ...withHints(resolve(only, root, depth + 1), rest), isNullable };
  return { ...rest, anyOf: real, isNullable };
}

function withHints(inner: Schema, outer: Schema): Schema {
  const ui = { ...inner["x-ui"], ...outer["x-ui"] };
  return { ...inner, ...outer, ...(Object.keys(ui).length > 0 ? { "x-ui": ui } : {}) };
}

function slotOf(schema: Schema): Slot | undefined {
  return schema["x-slot"] ?? schema.anyOf?.find((option) => option["x-slot"])?.["x-slot"];
}

function typeOf(schema: Schema): string {
  if (typeof schema.type === "string") return schema.type;
  const types = (schema.type ?? []).filter((type) => type !== "null");
  return types.length === 1 ? (types[0] ?? "") : "";
}

/** The values to choose from, with their labels, or null when the field is no choice. */
export function choicesOf(schema: Schema): { value: unknown; label: string }[] | null {
  const labels = schema["x-ui"]?.choices ?? {};
  const values =
    schema.enum ??
    (schema.const !== undefined ? [schema.const] : null) ??
    (schema.anyOf?.every((option) => option.const !== undefined)
      ? schema.anyOf.map((option) => option.const)
      : null) ??
    (Object.keys(labels).length > 0 ? Object.keys(labels) : null);
  return values ? values.map((value) => ({ value, label: labels[String(value)] ?? String(value) })) : null;
}

function kindByType(schema: Schema): FieldKind {
  switch (typeOf(schema)) {
    case "string":
      return schema["x-ui"]?.widget === "textarea" || schema["x-ui"]?.widget === "code" ? "textarea" : "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "switch";
    case "array":
      return schema.items ? "list" : "json";
    case "object":
      if (schema.properties) return "object";
      return typeof schema.additionalProperties === "object" ? "map" : "json";
    default:
      return "json";
  }
}

/** One field of a form. */
export function fieldSpec(name: string, raw: Schema, root: Schema, isRequired: boolean): FieldSpec {
  const { isNullable = false, ...schema } = resolve(raw, root);
  const ui = schema["x-ui"] ?? {};
  const slot = slotOf(schema);
  const byType = choicesOf(schema) ? "choice" : kindByType(schema);
  const kind = (ui.widget && BY_WIDGET[ui.widget]) ?? (slot && BY_SLOT[slot]) ?? byType;
  // The entries of a list are chosen one by one.
  const isListed = ui.choicesFrom !== undefined && kind !== "list";
  return {
    name,
    label: schema.title ?? name,
    help: schema.description ?? "",
    kind: isListed ? "dynamic" : kind,
    ...(isListed ? { freeKind: kind } : {}),
    schema,
    slot,
    ui,
    isRequired,
    isNullable,
    isMultiline: ui.widget === "textarea" || ui.widget === "code" || kind === "json",
  };
}

/** The fields of an object schema, in the server's order. */
export function fieldSpecs(schema: Schema, root: Schema = schema): FieldSpec[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, inner]) =>
    fieldSpec(name, inner, root, required.has(name)),
  );
}

/** Whether a field is shown, given the values beside it (a value that is not set counts as its default). */
export function isShown(spec: FieldSpec, values: Config, siblings: readonly FieldSpec[]): boolean {
  return Object.entries(spec.ui.dependsOn ?? {}).every(([other, allowed]) => {
    const fallback = siblings.find((sibling) => sibling.name === other)?.schema.default;
    return allowed.includes(values[other] ?? fallback);
  });
}

/** The value to begin with when a person adds an entry of this schema. */
export function blank(schema: Schema, root: Schema): unknown {
  const resolved = resolve(schema, root);
  if (resolved.default !== undefined) return resolved.default;
  switch (fieldSpec("", schema, root, true).kind) {
    case "object":
      return {};
    case "list":
      return [];
    case "map":
      return {};
    case "switch":
      return false;
    case "json":
    case "number":
      return null;
    case "choice":
      return choicesOf(resolved)?.[0]?.value ?? "";
    default:
      return "";
  }
}
