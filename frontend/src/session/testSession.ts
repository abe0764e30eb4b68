import { createStore } from "zustand/vanilla";
import { Client } from "@/api/client";
import { FlowApi } from "@/api/flows";
import { emptyDocument } from "@/graph/model";
import type { Flow, FlowDocument, NodeType } from "@/shared/types";
import { Checker } from "./checker";
import { createDocumentStore } from "./documentStore";
import { DraftSaver } from "./draftSaver";
import { FlowFollower } from "./flowFollower";
import { type Kept, UnsavedCopies } from "./localCopy";
import { noTest, type Session, type TestState } from "./session";
import { createUiStore } from "./uiStore";

/** A session for tests: nothing goes to a server until a test replaces a method of its `api`. */
export function testSession(document: FlowDocument = emptyDocument("Test"), types: NodeType[] = []): Session {
  const api = new FlowApi(new Client("/api/v1/"), "flow-1");
  const answer = { document, revision: 1, summaries: {}, saved_at: "2026-01-01T00:00:00Z", saved_by: "" };
  api.saveDraft = () => Promise.resolve({ ...answer, etag: '"2"' });
  api.validate = () => Promise.resolve({ problems: [], shapes: {}, summaries: {}, ok: true });
  const documents = createDocumentStore(document);
  return {
    api,
    types: new Map(types.map((type) => [type.type, type])),
    eventTypes: [],
    flow: createStore<Flow>()(() => ({
      id: "flow-1",
      name: document.name,
      description: "",
      tenant: null,
      is_enabled: true,
      draft_revision: 1,
      has_unpublished_changes: false,
      published_version: null,
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      last_runs: [],
    })),
    documents,
    ui: createUiStore(),
    saver: new DraftSaver(api, documents, { ...answer, etag: '"1"' }),
    copies: new UnsavedCopies("1", "flow-1"),
    left: createStore<{ key: string; kept: Kept }[]>()(() => []),
    checker: new Checker(api, documents),
    live: new FlowFollower(),
    test: createStore<TestState>()(() => noTest),
    nonce: "",
    may: { edit: true, publish: true, run: true },
  };
}
