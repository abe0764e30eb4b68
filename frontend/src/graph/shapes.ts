/** What a record looks like, as JSON Schema from the server, and how a path walks through it. */

import type { ShapeSchema } from "@/shared/types";

export interface Field {
  name: string;
  shape: ShapeSchema;
}

/** Whether a field that is not listed may be there all the same. */
export function isOpen(shape: ShapeSchema | undefined): boolean {
  return !shape?.type || (shape.type === "object" && shape["x-open"] === true);
}

function step(shape: ShapeSchema, name: string): ShapeSchema | null {
  if (shape.type === "array") {
    const items = shape.items ?? {};
    return /^-?\d+$/.test(name) ? items : step(items, name);
  }
  const properties = shape.properties;
  if (properties && Object.hasOwn(properties, name)) return properties[name] ?? {};
  return isOpen(shape) ? {} : null;
}

/** The shape behind a path, or null when the path is not known. */
export function shapeAt(shape: ShapeSchema, path: readonly string[]): ShapeSchema | null {
  let here: ShapeSchema | null = shape;
  for (const name of path) {
    if (!here) return null;
    here = step(here, name);
  }
  return here;
}

/** The fields that can follow; through an array, those of its elements. */
export function fieldsOf(shape: ShapeSchema | null): Field[] {
  if (!shape) return [];
  if (shape.type === "array") return fieldsOf(shape.items ?? null);
  return Object.entries(shape.properties ?? {}).map(([name, inner]) => ({ name, shape: inner }));
}

/** The first segment that no field matches, with what there is in its place. Null when all are known. */
export function unknownSegment(
  shape: ShapeSchema,
  path: readonly string[],
): { index: number; name: string; known: string[]; isOpen: boolean } | null {
  for (let index = 0; index < path.length; index += 1) {
    const name = path[index] ?? "";
    const parent = shapeAt(shape, path.slice(0, index));
    if (!parent) return null;
    if (fieldsOf(parent).some((field) => field.name === name)) continue;
    if (parent.type === "array" && /^-?\d+$/.test(name)) continue;
    const inner = parent.type === "array" ? (parent.items ?? {}) : parent;
    const known = fieldsOf(parent).map((field) => field.name);
    if (!isOpen(inner)) return { index, name, known, isOpen: false };
    return known.length > 0 ? { index, name, known, isOpen: true } : null;
  }
  return null;
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

/** The candidate that is nearest to a misspelt name, if any is near enough to be meant. */
export function nearest(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const cost = one[i - 1] === other[j - 1] ? 0 : 1;
      let value = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) {
        value = Math.min(value, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(value);
    }
    beforeLast = last;
    last = row;
  }
  return last[other.length] ?? 0;
}
