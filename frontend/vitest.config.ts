import { readdirSync, readFileSync } from "node:fs";
import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import base from "./vite.config";

const SRC = new URL("./src/", import.meta.url);
const tests = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.test\.tsx?$/.test(name),
);
const mocking = new Set(
  tests.filter((name) => readFileSync(new URL(name, SRC), "utf8").includes("vi.mock(")),
);

/** Files that put another module in the place of one have all modules to themselves; the others share them. */
const projects = [true, false].map((isolate) => ({
  extends: true as const,
  test: {
    name: isolate ? "mocking" : "plain",
    isolate,
    include: tests.filter((name) => mocking.has(name) === isolate).map((name) => `src/${name}`),
  },
}));

export default mergeConfig(
  base,
  defineConfig({
    test: {
      environment: "happy-dom",
      setupFiles: ["./vitest.setup.ts"],
      restoreMocks: true,
      testTimeout: 15_000,
      projects,
    },
  }),
);
