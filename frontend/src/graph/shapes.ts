/** What a record looks like, as JSON Schema from the server, and how a path walks through it. */

import type { ShapeSchema } from "@/shared/types";

export interface Field {
  name: string;
  shape: ShapeSchema;
}

/** The shape behind a path, or null when nothing is known of it. A name steps through an array, with and without an index. */
export function shapeAt(shape: ShapeSchema, path: readonly string[]): ShapeSchema | null {
  const [name, ...rest] = path;
  if (name === undefined) return shape;
  if (shape.type === "array") return shapeAt(shape.items ?? {}, /^-?\d+$/.test(name) ? rest : path);
  const inner = fieldsOf(shape).find((field) => field.name === name)?.shape;
  return inner ? shapeAt(inner, rest) : null;
}

/** The fields that can follow; through an array, those of its elements. */
export function fieldsOf(shape: ShapeSchema | null): Field[] {
  if (!shape) return [];
  if (shape.type === "array") return fieldsOf(shape.items ?? null);
  return Object.entries(shape.properties ?? {}).map(([name, inner]) => ({ name, shape: inner }));
}

/** Every path below a shape, dotted, parents first, to a depth that stays readable. */
export function pathsOf(
  shape: ShapeSchema | null,
  depth = 5,
  prefix: readonly string[] = [],
): { path: string[]; shape: ShapeSchema }[] {
  if (depth === 0) return [];
  return fieldsOf(shape).flatMap(({ name, shape: inner }) => {
    const path = [...prefix, name];
    return [{ path, shape: inner }, ...pathsOf(inner, depth - 1, path)];
  });
}

/** "text", "whole number", "list of objects": a type in plain words. */
export function typeName(shape: ShapeSchema): string {
  if (shape["x-masked"]) return "masked";
  switch (shape.type) {
    case "string":
      return shape.format === "date-time" ? "date and time" : "text";
    case "integer":
      return "whole number";
    case "number":
      return "number";
    case "boolean":
      return "yes or no";
    case "array":
      return "list";
    case "object":
      return "object";
    default:
      return "anything";
  }
}
