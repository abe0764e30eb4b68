import type { Config } from "@/shared/types";

/** What the list of a field depends on: the nearest field of each name, from the field outwards. */
export function inputsOf(config: Config, path: string, names: readonly string[]): unknown[] {
  const holders: Record<string, unknown>[] = [];
  let here: unknown = config;
  for (const step of path.split(".")) {
    if (here === null || typeof here !== "object") break;
    if (!Array.isArray(here)) holders.unshift(here as Record<string, unknown>);
    here = (here as Record<string, unknown>)[step];
  }
  return names.map((name) => holders.find((holder) => Object.hasOwn(holder, name))?.[name]);
}

/** The field without the places in lists: all entries of a list choose from the same. */
export const withoutPlaces = (path: string): string => path.replace(/\.\d+(?=\.|$)/g, "");
