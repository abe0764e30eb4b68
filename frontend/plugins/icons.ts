import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

type IconParts = [tag: string, attributes: Record<string, string>][];

/** The icons that pages and the editor itself use; node types may name any other, which is fetched by its first letter. */
export const BUNDLED = readFileSync("src/shared/ui/icons.txt", "utf8").split(/\s+/).filter(Boolean);

const file = new URL("../node_modules/@tabler/icons/tabler-nodes-outline.json", import.meta.url);
const virtualId = "virtual:icons";

function load(): Record<string, IconParts> {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** An icon as the inside of its `<svg>`. */
function markup(parts: IconParts): string {
  return parts
    .map(
      ([tag, attributes]) =>
        `<${tag} ${Object.entries(attributes)
          .map(([key, value]) => `${key}="${value}"`)
          .join(" ")}/>`,
    )
    .join("");
}

/** Path data of an icon; what is no path is left out (all of Tabler's outline icons are paths). */
function paths(parts: IconParts): string[] {
  return parts.flatMap(([, attributes]) => (attributes.d ? [attributes.d] : []));
}

/**
 * Tabler's icons: `virtual:icons` holds the bundled ones, `icons.svg` is the same as a sprite for server-rendered
 * pages, and `icons/<letter>.json` holds all of them for names that only the server knows.
 */
export function icons(): Plugin {
  return {
    name: "hookflow-icons",
    resolveId: (id) => (id === virtualId ? `\0${virtualId}` : null),
    load(id) {
      if (id !== `\0${virtualId}`) return null;
      const all = load();
      const missing = BUNDLED.filter((name) => !all[name]);
      if (missing.length > 0) throw new Error(`Unknown icons in icons.txt: ${missing.join(", ")}`);
      return `export default ${JSON.stringify(Object.fromEntries(BUNDLED.map((name) => [name, paths(all[name] ?? [])])))}`;
    },
    generateBundle() {
      const all = load();
      const symbols = BUNDLED.map(
        (name) => `<symbol id="${name}" viewBox="0 0 24 24">${markup(all[name] ?? [])}</symbol>`,
      );
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
      this.emitFile({ type: "asset", fileName: "icons.svg", source });
      const byLetter: Record<string, Record<string, string[]>> = {};
      for (const [name, parts] of Object.entries(all)) {
        const letter = name.charAt(0);
        byLetter[letter] ??= {};
        byLetter[letter][name] = paths(parts);
      }
      for (const [letter, group] of Object.entries(byLetter)) {
        this.emitFile({ type: "asset", fileName: `icons/${letter}.json`, source: JSON.stringify(group) });
      }
    },
  };
}
