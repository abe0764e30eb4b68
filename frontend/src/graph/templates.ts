/** Reading `{{ … }}` as far as the editor needs it: which fields are named where. The server has the last word. */
import type { ShapeSchema } from "@/shared/types";
import { fieldsOf, nearest, shapeAt, unknownSegment } from "./shapes";

export interface Expression {
  /** Offsets of what stands between the braces. */
  start: number;
  end: number;
  isClosed: boolean;
}

export interface Segment {
  name: string;
  start: number;
  end: number;
}

export interface Reference {
  segments: Segment[];
  start: number;
  end: number;
}

export interface UnknownField {
  start: number;
  end: number;
  message: string;
  /** What to write instead of the span, when a real name is near. */
  replacement: string | null;
  severity: "error" | "warning";
}

/** The name of the whole record, for keys that are no names: `record["my key"]`. */
export const ROOT = "record";

const WORDS = new Set([
  "and",
  "or",
  "not",
  "if",
  "else",
  "in",
  "is",
  "true",
  "false",
  "none",
  "True",
  "False",
  "None",
]);
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y;
const NUMBER = /\d+(?:\.\d+)?/y;

/** The expressions of a template, in order. One that is not closed reaches to the end. */
export function expressions(source: string): Expression[] {
  const found: Expression[] = [];
  let at = source.indexOf("{{");
  while (at !== -1) {
    const start = at + 2;
    const end = closing(source, start);
    found.push({ start, end: end ?? source.length, isClosed: end !== null });
    if (end === null) break;
    at = source.indexOf("{{", end + 2);
  }
  return found;
}

function closing(source: string, start: number): number | null {
  for (let at = start; at < source.length; at += 1) {
    const string = match(STRING, source, at);
    if (string) at += string.length - 1;
    else if (source.startsWith("}}", at)) return at;
  }
  return null;
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** Every field that the template names, with its place. */
export function references(source: string): Reference[] {
  return expressions(source).flatMap(({ start, end }) => inExpression(source.slice(0, end), start));
}

function inExpression(source: string, start: number): Reference[] {
  const found: Reference[] = [];
  let at = start;
  let isFilter = false;
  while (at < source.length) {
    const string = match(STRING, source, at) ?? match(NUMBER, source, at);
    if (string) {
      at += string.length;
      continue;
    }
    const name = match(NAME, source, at);
    if (!name) {
      if (source[at] === "|") isFilter = true;
      else if (!/\s/.test(source[at] ?? "")) isFilter = false;
      at += 1;
      continue;
    }
    if (WORDS.has(name)) {
      isFilter = name === "is" || (isFilter && name === "not");
      at += name.length;
      continue;
    }
    if (isFilter) {
      isFilter = false;
      at += name.length;
      continue;
    }
    const reference = chain(source, at, name);
    found.push(reference);
    at = reference.end;
  }
  return found;
}

function chain(source: string, start: number, first: string): Reference {
  const segments: Segment[] = [{ name: first, start, end: start + first.length }];
  let at = start + first.length;
  for (;;) {
    const next = dotted(source, at) ?? indexed(source, at);
    if (!next) return { segments, start, end: at };
    segments.push(next.segment);
    at = next.at;
  }
}

function dotted(source: string, at: number): { segment: Segment; at: number } | null {
  if (source[at] !== ".") return null;
  const name = match(NAME, source, at + 1) ?? match(/\d+/y, source, at + 1);
  return name
    ? { segment: { name, start: at + 1, end: at + 1 + name.length }, at: at + 1 + name.length }
    : null;
}

function indexed(source: string, at: number): { segment: Segment; at: number } | null {
  if (source[at] !== "[") return null;
  const inner = match(STRING, source, at + 1) ?? match(/-?\d+/y, source, at + 1);
  if (!inner || source[at + 1 + inner.length] !== "]") return null;
  const name = /^["']/.test(inner) ? inner.slice(1, -1).replace(/\\(.)/g, "$1") : inner;
  return { segment: { name, start: at + 1, end: at + 1 + inner.length }, at: at + 2 + inner.length };
}

/** The path that a reference means: `record` in front stands for nothing unless there is such a field. */
export function pathOf(reference: Reference, shape: ShapeSchema): Segment[] {
  const [first, ...rest] = reference.segments;
  const hasRoot = fieldsOf(shape).some((field) => field.name === ROOT);
  return first?.name === ROOT && !hasRoot ? rest : reference.segments;
}

/** A path as it is written in a template: `server.disks[0]["odd key"]`, `record["odd key"]`. */
export function writePath(path: readonly string[]): string {
  return path.reduce((text, name, index) => {
    if (/^-?\d+$/.test(name)) return `${text || ROOT}[${name}]`;
    if (isPlainName(name) && !(index === 0 && WORDS.has(name))) return text ? `${text}.${name}` : name;
    return `${text || ROOT}[${JSON.stringify(name)}]`;
  }, "");
}

export function isPlainName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name);
}

/** Fields that are not known at this node, with the nearest real name. Text without a shape is never wrong. */
export function unknownFields(source: string, shape: ShapeSchema | null): UnknownField[] {
  if (!shape) return [];
  return references(source).flatMap((reference) => {
    const path = pathOf(reference, shape);
    const unknown = unknownSegment(
      shape,
      path.map((segment) => segment.name),
    );
    const segment = unknown ? path[unknown.index] : undefined;
    if (!unknown || !segment) return [];
    const near = nearest(unknown.name, unknown.known);
    // An open object may have any field: only a name that looks like a slip is worth a word.
    if (unknown.isOpen && !near) return [];
    return [describe(source, segment, unknown.name, near, unknown.known, unknown.isOpen)];
  });
}

function describe(
  source: string,
  segment: Segment,
  name: string,
  near: string | null,
  known: readonly string[],
  isOpen: boolean,
): UnknownField {
  const quoted = /^["']/.test(source.slice(segment.start, segment.start + 1));
  const advice = near
    ? ` Did you mean “${near}”?`
    : known.length > 0
      ? ` There is: ${known.slice(0, 8).join(", ")}.`
      : "";
  return {
    start: segment.start,
    end: segment.end,
    message: `The field “${name}” is not known here.${advice}`,
    replacement: near === null ? null : quoted ? JSON.stringify(near) : isPlainName(near) ? near : null,
    severity: isOpen ? "warning" : "error",
  };
}

export interface Completion {
  /** What is written from `from` on. */
  text: string;
  label: string;
  shape: ShapeSchema;
}

/** What can be written at `position`: the fields below the path that stands before it. Null outside of braces. */
export function completions(
  source: string,
  position: number,
  shape: ShapeSchema,
): { from: number; options: Completion[] } | null {
  const expression = expressions(source).find(({ start, end }) => position >= start && position <= end);
  if (!expression) return null;
  const before = source.slice(expression.start, position);
  const typed =
    /(?:([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+|\[(?:-?\d+|"[^"]*"|'[^']*')\])*)(\.|\["?))?([\p{L}\p{N}_]*)$/u.exec(
      before,
    );
  const word = typed?.[3] ?? "";
  if (/[|]\s*$/.test(before.slice(0, before.length - word.length))) return null;
  const holder = typed?.[1];
  const joint = typed?.[2] ?? "";
  const from = position - word.length - joint.length;
  if (!holder) return { from, options: fieldsOf(shape).map((field) => option([field.name], field.shape)) };
  const [reference] = inExpression(holder, 0);
  const path = reference ? pathOf(reference, shape).map((segment) => segment.name) : [];
  const parent = shapeAt(shape, path);
  const base = parent?.type === "array" ? ["0"] : [];
  return {
    from: from - holder.length,
    options: fieldsOf(parent).map((field) => option([...path, ...base, field.name], field.shape)),
  };
}

/** Whether choosing a field asks for one of its own fields next; a list may be wanted as a whole. */
export function goesOn(shape: ShapeSchema): boolean {
  return shape.type !== "array" && fieldsOf(shape).length > 0;
}

/** A field of the record as a place wants it: a path field takes its bare name, a text takes it in braces. */
export function asWanted(path: readonly string[], isPath: boolean): string {
  return isPath ? path.join(".") : `{{ ${writePath(path)} }}`;
}

/** The path in `{{ path }}` and nothing else, for a place that wants no braces; null for any other text. */
export function bareField(text: string): string | null {
  const [found, ...others] = references(text);
  const inner = /^\s*\{\{(.*)\}\}\s*$/s.exec(text)?.[1]?.trim();
  if (!found || others.length > 0 || inner !== text.slice(found.start, found.end)) return null;
  const names = found.segments.map((segment) => segment.name);
  return (names[0] === ROOT && names.length > 1 ? names.slice(1) : names).join(".");
}

function option(path: string[], shape: ShapeSchema): Completion {
  return { text: writePath(path), label: writePath(path), shape };
}
