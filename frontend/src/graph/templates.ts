/** Writing `{{ … }}`: what can follow at the cursor, and how a path is written. What is wrong with a text the server says. */
import type { Problem, ShapeSchema } from "@/shared/types";
import { fieldsOf, shapeAt } from "./shapes";

interface Expression {
  /** Offsets of what stands between the braces. */
  start: number;
  end: number;
}

/** The name of the whole record, for keys that are no names: `record["my key"]`. */
const ROOT = "record";

const WORDS = new Set("and or not if else in is true false none True False None".split(" "));
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /-?\d+/y;
const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y;

/** The expressions of a template, in order. One that is not closed reaches to the end. */
export function expressions(source: string): Expression[] {
  const found: Expression[] = [];
  let at = source.indexOf("{{");
  while (at !== -1) {
    const end = closing(source, at + 2);
    found.push({ start: at + 2, end });
    at = source.indexOf("{{", end + 2);
  }
  return found;
}

function closing(source: string, start: number): number {
  for (let at = start; at < source.length; at += 1) {
    const string = match(STRING, source, at);
    if (string) at += string.length - 1;
    else if (source.startsWith("}}", at)) return at;
  }
  return source.length;
}

function match(pattern: RegExp, source: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
}

/** The names of a text that is one path and nothing else, such as `disks[0]["odd key"].size`; null for any other. */
export function readPath(source: string): string[] | null {
  const first = match(NAME, source, 0);
  if (first === null || WORDS.has(first)) return null;
  const names = [first];
  let at = first.length;
  while (at < source.length) {
    const isIndex = source[at] === "[";
    if (!isIndex && source[at] !== ".") return null;
    const step = match(isIndex ? STRING : NAME, source, at + 1) ?? match(NUMBER, source, at + 1);
    at += 1 + (step?.length ?? 0) + (isIndex ? 1 : 0);
    if (step === null || (isIndex && source[at - 1] !== "]")) return null;
    names.push(/^["']/.test(step) ? step.slice(1, -1).replace(/\\(.)/g, "$1") : step);
  }
  return names;
}

/** The path that is meant: `record` in front stands for nothing unless there is such a field. */
function pathIn(shape: ShapeSchema, [first, ...rest]: string[]): string[] {
  const isRoot = first === ROOT && !fieldsOf(shape).some((field) => field.name === ROOT);
  return first === undefined || isRoot ? rest : [first, ...rest];
}

/** A path as it is written in a template: `server.disks[0]["odd key"]`, `record["odd key"]`. */
export function writePath(path: readonly string[]): string {
  return path.reduce((text, name, index) => {
    if (/^-?\d+$/.test(name)) return `${text || ROOT}[${name}]`;
    if (isPlainName(name) && !(index === 0 && WORDS.has(name))) return text ? `${text}.${name}` : name;
    return `${text || ROOT}[${JSON.stringify(name)}]`;
  }, "");
}

function isPlainName(name: string): boolean {
  return match(NAME, name, 0) === name;
}

export interface Completion {
  /** What is written from `from` on. */
  text: string;
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
  const path = pathIn(shape, readPath(holder) ?? []);
  const parent = shapeAt(shape, path);
  const base = parent?.type === "array" ? ["0"] : [];
  return {
    from: from - holder.length,
    options: fieldsOf(parent).map((field) => option([...path, ...base, field.name], field.shape)),
  };
}

function option(path: string[], shape: ShapeSchema): Completion {
  return { text: writePath(path), shape };
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
  const names = readPath(/^\s*\{\{(.*)\}\}\s*$/s.exec(text)?.[1]?.trim() ?? "");
  return names && (names[0] === ROOT && names.length > 1 ? names.slice(1) : names).join(".");
}

/** The text with what a problem is about replaced by what the server suggests. */
export function repaired(text: string, { span, suggestion }: Pick<Problem, "span" | "suggestion">): string {
  if (suggestion === null) return text;
  if (!span) return suggestion;
  return text.slice(0, offsetOf(text, span.start)) + suggestion + text.slice(offsetOf(text, span.end));
}

/** The server counts characters, a text here counts those beyond the first plane twice. */
export function offsetOf(text: string, characters: number): number {
  return [...text].slice(0, characters).join("").length;
}
