// What a browser loads first for a page with the editor: the entries `site` and `editor` with all they import at once.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 200;
const folder = new URL("../../static/editor/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8"));
const files = new Set();

function take(chunk) {
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const key of chunk.imports ?? []) take(manifest[key]);
}

for (const chunk of Object.values(manifest)) {
  if (chunk.isEntry && (chunk.name === "editor" || chunk.name === "site")) take(chunk);
}
let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, folder)), { level: 9 }).length / 1000;
  total += size;
  console.log(`${size.toFixed(1).padStart(7)} KB  ${file}`);
}
console.log(`${total.toFixed(1).padStart(7)} KB  of at most ${LIMIT_KB} KB gzip`);
if (total > LIMIT_KB) process.exit(1);
