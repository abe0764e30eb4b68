import { expect, test } from "vitest";
import type { DryStep } from "@/shared/types";
import { shownResult, shownStatus } from "./shownStatus";

const step = (changes: Partial<DryStep>): DryStep => ({
  node: "a",
  status: "succeeded",
  port: "out",
  input: {},
  output: {},
  preview: null,
  error: null,
  logs: [],
  warnings: [],
  ...changes,
});
const warnings = [{ field: "", message: "This installation has no mail server.", hint: "" }];

test("a step that could not work for real is amber, never green", () => {
  expect(shownStatus(step({ warnings }))).toBe("warned");
  expect(shownStatus(step({}))).toBe("succeeded");
  expect(shownStatus(step({ status: "failed", warnings }))).toBe("failed");
});

test("one such step makes the whole dry run amber", () => {
  expect(
    shownResult({ note: "", sample_name: "", status: "succeeded", steps: [step({}), step({ warnings })] }),
  ).toBe("warned");
  expect(shownResult({ note: "", sample_name: "", status: "succeeded", steps: [step({})] })).toBe(
    "succeeded",
  );
  expect(shownResult({ note: "", sample_name: "", status: "failed", steps: [step({ warnings })] })).toBe(
    "failed",
  );
});
