import { expect, test } from "vitest";
import type { LogLine, Step } from "@/shared/types";
import { absorb, latestSteps, nothing, type RunState } from "./runStore";

function step(seq: number, status: Step["status"], attempt = 1): Step {
  return {
    seq,
    node: "a",
    attempt,
    status,
    port: "",
    started_at: "2026-01-01T00:00:00Z",
    finished_at: null,
    error: null,
  };
}
const line = (seq: number): LogLine => ({
  seq,
  at: "2026-01-01T00:00:00Z",
  level: "info",
  node: "a",
  text: `line ${seq}`,
});

function feed(...messages: Record<string, unknown>[]): RunState {
  return messages.reduce(absorb, nothing);
}

test("a gap is filled on reconnect without repeating a line", () => {
  const state = feed(
    {
      type: "snapshot",
      cursor: 3,
      run: { status: "running" },
      steps: [step(1, "running")],
      logs: [line(2), line(3)],
    },
    {
      type: "snapshot",
      cursor: 6,
      run: { status: "succeeded" },
      steps: [step(6, "succeeded")],
      logs: [line(3), line(4), line(5)],
    },
  );
  expect(state.logs.map((l) => l.seq)).toEqual([2, 3, 4, 5]);
  expect(state.steps).toMatchObject([{ seq: 6, status: "succeeded" }]);
  expect(state).toMatchObject({ cursor: 6, run: { status: "succeeded" } });
});

test("an older state of a step does not overwrite a newer one", () => {
  const state = feed(
    { type: "delta", steps: [step(6, "succeeded")] },
    { type: "delta", steps: [step(1, "running")] },
  );
  expect(state.steps[0]?.status).toBe("succeeded");
});

test("a new state of a step keeps its input and has no output yet", () => {
  const [known] = feed(
    { type: "delta", steps: [{ ...step(1, "running"), input: { a: 1 }, output: null }] },
    { type: "delta", steps: [step(6, "succeeded")] },
  ).steps;
  expect(known).toMatchObject({ status: "succeeded", input: { a: 1 } });
  expect(known?.output).toBeUndefined();
});

test("the last try of a node is the one that counts", () => {
  expect(latestSteps([step(1, "failed", 1), step(4, "succeeded", 2)]).a?.status).toBe("succeeded");
});

test("messages of other kinds change nothing", () => {
  expect(feed({ type: "ping" })).toBe(nothing);
});
