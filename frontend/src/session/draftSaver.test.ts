import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/api/client";
import type { DraftWithTag, FlowApi } from "@/api/flows";
import { setFlow } from "@/graph/changes";
import { emptyDocument } from "@/graph/model";
import { createDocumentStore } from "./documentStore";
import { DraftSaver } from "./draftSaver";
import { type LocalCopy, noCopy } from "./localCopy";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function start(saveDraft: FlowApi["saveDraft"], others: Partial<FlowApi> = {}, copy: LocalCopy = noCopy) {
  const documents = createDocumentStore(emptyDocument("x"));
  const draft: DraftWithTag = {
    document: documents.getState().document,
    revision: 1,
    etag: '"1"',
    summaries: {},
    saved_at: "2026-01-01T00:00:00Z",
    saved_by: "",
  };
  const saver = new DraftSaver({ saveDraft, ...others } as unknown as FlowApi, documents, draft, copy);
  const edit = (text: string) =>
    documents.getState().apply(setFlow(documents.getState().document, { description: text }, "description"));
  return { saver, edit };
}

const kept = (revision: number) =>
  ({ revision, etag: `"${revision}"`, saved_at: "2026-01-01T00:00:00Z", saved_by: "Ada" }) as DraftWithTag;
const answer = (revision: number) => Promise.resolve(kept(revision));

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

test("a save that was taken although its answer was lost is no conflict with oneself", async () => {
  const stored = vi.fn<FlowApi["draft"]>();
  const save = vi
    .fn<FlowApi["saveDraft"]>()
    .mockImplementationOnce((document) => {
      stored.mockResolvedValue({ ...kept(2), document });
      return Promise.reject(new ApiError(0, { code: "timeout" }));
    })
    .mockRejectedValueOnce(new ApiError(412, { code: "stale_draft", saved_by: "Ada", revision: 2 }))
    .mockImplementation(() => answer(3));
  const { saver, edit } = start(save, { draft: stored });
  edit("mine");
  await vi.advanceTimersByTimeAsync(1000);
  edit("mine and more");
  await vi.advanceTimersByTimeAsync(4000);
  expect(saver.store.getState()).toMatchObject({ status: "saved", etag: '"3"', conflict: null });
  expect(save.mock.lastCall?.slice(0, 2)).toMatchObject([{ description: "mine and more" }, '"2"']);
});

test("what the server refuses is said, kept and not sent again by itself; another edit tries anew", async () => {
  const refusal = new ApiError(400, { detail: "The text is too long.", code: "bad_document" });
  const save = vi
    .fn<FlowApi["saveDraft"]>()
    .mockRejectedValueOnce(refusal)
    .mockImplementation(() => answer(2));
  const copy = { keep: vi.fn(() => true), drop: vi.fn() };
  const { saver, edit } = start(save, {}, copy);
  edit("far too long");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(save).toHaveBeenCalledTimes(1);
  expect(saver.store.getState()).toMatchObject({ status: "refused", error: "The text is too long." });
  expect(saver.leave()).toBe(false);
  expect(copy.drop).not.toHaveBeenCalled();
  edit("short");
  await vi.advanceTimersByTimeAsync(1000);
  expect(saver.store.getState().status).toBe("saved");
  expect(copy.drop).toHaveBeenCalled();
});

test("tries come further and further apart, and leaving warns and keeps a copy all the while", async () => {
  const save = vi.fn<FlowApi["saveDraft"]>(() => Promise.reject(new ApiError(503, {})));
  const copy = { keep: vi.fn(() => true), drop: vi.fn() };
  const { saver, edit } = start(save, {}, copy);
  edit("mine");
  await vi.advanceTimersByTimeAsync(800);
  expect(saver.leave()).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(save.mock.calls.length).toBeGreaterThan(3);
  expect(save.mock.calls.length).toBeLessThan(8);
  edit("last words");
  expect(copy.keep).toHaveBeenLastCalledWith(expect.objectContaining({ description: "last words" }), '"1"');
  expect(copy.drop).not.toHaveBeenCalled();
});

test("the question about a conflict can be put off and comes back", async () => {
  const save = vi.fn<FlowApi["saveDraft"]>(() => Promise.reject(new ApiError(412, { revision: 9 })));
  const { saver, edit } = start(save);
  edit("mine");
  await vi.advanceTimersByTimeAsync(1000);
  expect(saver.store.getState().isAsking).toBe(true);
  saver.showConflict(false);
  edit("more");
  await vi.advanceTimersByTimeAsync(5000);
  expect(saver.store.getState()).toMatchObject({ status: "conflict", isAsking: false });
  expect(save).toHaveBeenCalledTimes(1);
  expect(await saver.flush()).toBe(false);
});
