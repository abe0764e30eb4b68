import { expect, test } from "vitest";
import type { LogLine } from "@/shared/types";
import { filtered } from "./LogPanel";

const line = (level: LogLine["level"], text: string): LogLine => ({ seq: 1, at: "", level, node: "", text });

test("lines are chosen by level and by text", () => {
  const lines = [line("debug", "Sent"), line("info", "Mail sent"), line("error", "Refused")];
  expect(filtered(lines, "debug", "")).toHaveLength(3);
  expect(filtered(lines, "info", "SENT").map((l) => l.text)).toEqual(["Mail sent"]);
  expect(filtered(lines, "error", "")).toHaveLength(1);
});
