import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FlowApi } from "@/api/flows";
import { addNode, moveNodes } from "@/graph/changes";
import { emptyDocument } from "@/graph/model";
import type { Problem } from "@/shared/types";
import { Checker } from "./checker";
import { createDocumentStore } from "./documentStore";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const problem: Problem = {
  code: "no_trigger",
  severity: "error",
  message: "There is no trigger.",
  hint: "Add one.",
  node: null,
  field: null,
  edge: null,
  span: null,
  suggestion: null,
};

test("the problem list is the server's answer, and a move alone asks nothing", async () => {
  const documents = createDocumentStore(emptyDocument("x"));
  const validate = vi.fn<FlowApi["validate"]>(() =>
    Promise.resolve({ problems: [problem], shapes: {}, summaries: {}, ok: false }),
  );
  const checker = new Checker({ validate } as unknown as FlowApi, documents);
  const node = { id: "a", type: "event", name: "A", config: {}, settings: {}, position: { x: 0, y: 0 } };
  documents.getState().apply(addNode(documents.getState().document, node));
  expect(checker.store.getState().ok).toBeNull();
  await vi.advanceTimersByTimeAsync(400);
  expect(checker.store.getState()).toMatchObject({ ok: false, problems: [problem] });
  documents.getState().apply(moveNodes(documents.getState().document, { a: { x: 20, y: 0 } }, "k"));
  await vi.advanceTimersByTimeAsync(400);
  expect(validate).toHaveBeenCalledTimes(1);
});
