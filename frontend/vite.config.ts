import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { icons } from "./plugins/icons";
import { noEval } from "./plugins/noEval";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Relative, so that the site may serve its static files from anywhere.
  base: "./",
  plugins: [react(), icons(), noEval()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    outDir: here("../static/editor"),
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    rolldownOptions: {
      input: {
        site: here("./src/site.ts"),
        editor: here("./src/editor.tsx"),
        run: here("./src/run.tsx"),
        joboutput: here("./src/joboutput.tsx"),
      },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
});
