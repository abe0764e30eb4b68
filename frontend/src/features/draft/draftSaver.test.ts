import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/api/client";
import type { DraftWithTag, FlowApi } from "@/api/flows";
import { createDocumentStore } from "@/features/history/documentStore";
import { setFlow } from "@/graph/changes";
import { emptyDocument } from "@/graph/model";
import { DraftSaver } from "./draftSaver";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start(saveDraft: FlowApi["saveDraft"]) {
  const documents = createDocumentStore(emptyDocument("x"));
  const draft: DraftWithTag = {
    document: documents.getState().document,
    revision: 1,
    etag: '"1"',
    saved_at: null,
    saved_by: null,
  };
  const saver = new DraftSaver({ saveDraft } as unknown as FlowApi, documents, draft);
  const edit = (text: string) =>
    documents.getState().apply(setFlow(documents.getState().document, { description: text }, "description"));
  return { saver, edit };
}

const answer = (revision: number) =>
  Promise.resolve({
    revision,
    etag: `"${revision}"`,
    saved_at: "2026-01-01T00:00:00Z",
    saved_by: "Ada",
  } as DraftWithTag);

test("an edit reaches the server within two seconds even while typing goes on", async () => {
  const save = vi.fn<FlowApi["saveDraft"]>(() => answer(2));
  const { saver, edit } = start(save);
  for (let i = 0; i < 4; i += 1) {
    edit(`text ${i}`);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(save.mock.calls[0]?.[1]).toBe('"1"');
  await vi.advanceTimersByTimeAsync(2000);
  expect(save.mock.lastCall?.[0].description).toBe("text 3");
  expect(saver.store.getState()).toMatchObject({ status: "saved", etag: '"2"', savedBy: "Ada" });
});

test("a stale draft is a conflict that names who and when, and nothing is saved until someone decides", async () => {
  const refused = new ApiError(412, {
    code: "stale_draft",
    saved_by: "Grace",
    saved_at: "2026-01-02",
    revision: 7,
  });
  const save = vi
    .fn<FlowApi["saveDraft"]>()
    .mockRejectedValueOnce(refused)
    .mockImplementation(() => answer(8));
  const { saver, edit } = start(save);
  edit("mine");
  await vi.advanceTimersByTimeAsync(1000);
  expect(saver.store.getState().conflict).toEqual({ savedBy: "Grace", savedAt: "2026-01-02", etag: '"7"' });
  edit("more");
  await vi.advanceTimersByTimeAsync(5000);
  expect(save).toHaveBeenCalledTimes(1);
  await saver.overwrite();
  expect(save.mock.lastCall?.[1]).toBe('"7"');
  expect(saver.store.getState()).toMatchObject({ status: "saved", conflict: null });
});

test("a lost connection is said and tried again", async () => {
  const save = vi
    .fn<FlowApi["saveDraft"]>()
    .mockRejectedValueOnce(new ApiError(0, { detail: "The server cannot be reached." }))
    .mockImplementation(() => answer(2));
  const { saver, edit } = start(save);
  edit("mine");
  await vi.advanceTimersByTimeAsync(800);
  expect(saver.store.getState().status).toBe("failed");
  await vi.advanceTimersByTimeAsync(4000);
  expect(saver.store.getState().status).toBe("saved");
});
