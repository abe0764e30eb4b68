import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FlowApi } from "@/api/flows";
import { addNode, moveNodes, setFlow } from "@/graph/changes";
import { emptyDocument } from "@/graph/model";
import type { Problem } from "@/shared/types";
import { Checker } from "./checker";
import { createDocumentStore } from "./documentStore";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const problem: Problem = {
  code: "no_trigger",
  severity: "error",
  message: "There is not a trigger.",
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

test("what is said of a drawing that has changed since is not taken for the word on the new one", async () => {
  const documents = createDocumentStore(emptyDocument("x"));
  const answers: ((answer: Awaited<ReturnType<FlowApi["validate"]>>) => void)[] = [];
  const validate = vi.fn<FlowApi["validate"]>(() => new Promise((resolve) => answers.push(resolve)));
  const checker = new Checker({ validate } as unknown as FlowApi, documents);
  void checker.check();
  documents.getState().apply(setFlow(documents.getState().document, { name: "y" }, "name"));
  answers[0]?.({ problems: [problem], shapes: {}, summaries: {}, ok: true });
  await vi.advanceTimersByTimeAsync(0);
  expect(checker.store.getState()).toMatchObject({ ok: null, problems: [] });
});
