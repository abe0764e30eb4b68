/** JSON as people type it: read only when nothing of it is lost, else kept as the text that it is. */

const UNPARSED = "$unparsed";
const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*/g;

/** How a text that is no JSON yet stands in a config; the server counts it as a problem. */
export const unparsed = (text: string) => ({ [UNPARSED]: text });

/** The text of such a value, or null when it is any other. */
export function unparsedText(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return null;
  const text = (value as Record<string, unknown>)[UNPARSED];
  return typeof text === "string" ? text : null;
}

/** Any value of a config as the text that a person typed or would type for it. */
export function typedText(value: unknown, indent?: number): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return unparsedText(value) ?? JSON.stringify(value, null, indent);
}

export type Read = { value: unknown; fault?: undefined } | { value?: undefined; fault: string };

/** Read JSON, and refuse what would come back changed: a key given twice, a number with too many digits. */
export function readJson(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      fault: `This is no JSON yet: ${error instanceof Error ? error.message : "it cannot be read"}.`,
    };
  }
  let keys = 0;
  for (const [token, colon] of text.matchAll(TOKEN)) {
    if (colon) keys += 1;
    else if (!token.startsWith('"') && isRounded(token))
      return { fault: `${token} has too many digits to be kept as a number. Put it in double quotes.` };
  }
  if (keys !== keysIn(value)) return { fault: "A key is there twice. Give each its own name." };
  return { value };
}

/** What is wrong with a text as JSON, or null. Empty text is no fault. */
export function jsonFault(text: string): string | null {
  return text.trim() === "" ? null : (readJson(text).fault ?? null);
}

/** What is wrong with a text as the payload of a run, or null. */
export function payloadFault(text: string): string | null {
  const fault = jsonFault(text);
  if (fault || text.trim() === "") return fault;
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? null
    : 'A payload is an object. Write { "name": "value" }.';
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The number that a text means, or the text when it means none or would be rounded. */
export function readNumber(text: string): number | string {
  const plain = text.trim();
  return NUMBER.test(plain) && Number.isFinite(Number(plain)) && !isRounded(plain) ? Number(plain) : text;
}

function isRounded(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return true;
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(number) : token.replace(/[eE].*/, "").length > 18;
}

function keysIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value).reduce<number>((sum, entry) => sum + keysIn(entry), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
}
