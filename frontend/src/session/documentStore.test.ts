import { expect, test } from "vitest";
import { addNode, connect, moveNodes, remove, rename, setConfig, setFlow } from "@/graph/changes";
import { emptyDocument, nodeById } from "@/graph/model";
import type { FlowNode } from "@/shared/types";
import { createDocumentStore, hasEdits } from "./documentStore";

function node(id: string): FlowNode {
  return { id, type: "filter", name: id, config: {}, settings: {}, position: { x: 0, y: 0 } };
}

test("a session of forty named steps undoes to the starting JSON and redoes to the final one", () => {
  let time = 0;
  const store = createDocumentStore(emptyDocument("Start"), () => time);
  const start = JSON.stringify(store.getState().document);
  const document = () => store.getState().document;
  for (let i = 0; i < 5; i += 1) {
    const id = `n${i}`;
    const steps = [
      () => addNode(document(), node(id)),
      () => moveNodes(document(), { [id]: { x: i, y: 1 } }, "keys"),
      () => moveNodes(document(), { [id]: { x: i, y: 9 } }, `drag-${i}`),
      () => rename(nodeById(document(), id) as FlowNode, `Name ${i}`),
      () => setConfig(nodeById(document(), id) as FlowNode, { field: `f${i}` }, "field", "Field"),
      () => setFlow(document(), { description: `d${i}` }, "description"),
      () => connect(document(), { from: "n0", port: "true", to: id }),
      () => remove(document(), [], [{ from: "n0", port: "true", to: id }]),
    ];
    for (const step of steps) {
      time += 2000;
      store.getState().apply(step());
    }
  }
  const final = JSON.stringify(document());
  expect(store.getState().past).toHaveLength(40);
  expect(store.getState().past.every((change) => change.name.length > 0)).toBe(true);
  for (let i = 0; i < 40; i += 1) store.getState().undo();
  expect(JSON.stringify(document())).toBe(start);
  for (let i = 0; i < 40; i += 1) store.getState().redo();
  expect(JSON.stringify(document())).toBe(final);
  store.getState().goTo(0);
  expect(JSON.stringify(document())).toBe(start);
  store.getState().goTo(40);
  expect(JSON.stringify(document())).toBe(final);
});

test("a burst in one field is one entry, a pause or a blur begins another", () => {
  let time = 10_000;
  const store = createDocumentStore({ ...emptyDocument("x"), nodes: [node("a")] }, () => time);
  const type = (text: string) =>
    store
      .getState()
      .apply(
        setConfig(nodeById(store.getState().document, "a") as FlowNode, { field: text }, "field", "Field"),
      );
  for (const text of ["r", "ra", "ram"]) {
    time += 100;
    type(text);
  }
  expect(store.getState().past).toHaveLength(1);
  time += 1500;
  type("ram2");
  store.getState().endBurst();
  type("ram23");
  expect(store.getState().past).toHaveLength(3);
  store.getState().undo();
  expect(nodeById(store.getState().document, "a")?.config).toEqual({ field: "ram2" });
});

test("a new change after an undo forgets what was undone", () => {
  const store = createDocumentStore(emptyDocument("x"));
  store.getState().apply(addNode(store.getState().document, node("a")));
  store.getState().undo();
  store.getState().apply(addNode(store.getState().document, node("b")));
  expect(store.getState().future).toEqual([]);
});

test("what was published counts as no edit, and undoing behind it does", () => {
  const store = createDocumentStore(emptyDocument("x"));
  expect(hasEdits(store.getState())).toBe(false);
  store.getState().apply(addNode(store.getState().document, node("a")));
  expect(hasEdits(store.getState())).toBe(true);
  store.getState().tell(store.getState().past.at(-1));
  expect(hasEdits(store.getState())).toBe(false);
  store.getState().undo();
  expect(hasEdits(store.getState())).toBe(true);
  store.getState().redo();
  expect(hasEdits(store.getState())).toBe(false);
});
