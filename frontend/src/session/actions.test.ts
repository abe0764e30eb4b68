import { expect, test, vi } from "vitest";
import type { NodeType } from "@/shared/types";
import { copySelection, deleteSelection, undo, wire } from "./actions";
import { addOfType, paste } from "./adding";
import { testSession } from "./testSession";

const filter = { type: "filter", version: 1, label: "Filter" } as NodeType;

test("an added node is chosen and gets an id and a name of its own", () => {
  const session = testSession();
  addOfType(session, filter, null);
  addOfType(session, filter, null);
  const { document } = session.documents.getState();
  expect(document.nodes.map((node) => [node.id, node.name])).toEqual([
    ["filter-1", "Filter"],
    ["filter-2", "Filter 2"],
  ]);
  expect(session.ui.getState().selected).toEqual(["filter-2"]);
});

test("a wire that the server refuses is not drawn, and the reason is shown and said", async () => {
  const session = testSession();
  addOfType(session, filter, null);
  const refusal = { code: "cycle", message: "This would make a loop.", hint: "Wire it elsewhere." };
  session.api.wiring = vi.fn(() => Promise.resolve({ targets: { "filter-1": refusal } }));
  expect(await wire(session, { from: "filter-1", port: "true", to: "filter-1" })).toBe(false);
  expect(session.documents.getState().document.edges).toEqual([]);
  expect(session.ui.getState().toasts.at(-1)?.text).toContain("This would make a loop.");
  expect(session.ui.getState().announcement).toContain("This would make a loop.");
});

test("cut, paste and undo go through the same history", () => {
  const session = testSession();
  addOfType(session, filter, null);
  const text = copySelection(session) ?? "";
  deleteSelection(session);
  expect(session.documents.getState().document.nodes).toEqual([]);
  expect(paste(session, text)).toBe(true);
  expect(session.documents.getState().document.nodes).toHaveLength(1);
  undo(session);
  undo(session);
  expect(session.documents.getState().document.nodes.map((node) => node.id)).toEqual(["filter-1"]);
});
