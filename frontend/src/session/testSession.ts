import { Client } from "@/api/client";
import { FlowApi } from "@/api/flows";
import { emptyDocument } from "@/graph/model";
import type { FlowDocument, NodeType } from "@/shared/types";
import { newSession, type Session } from "./session";

/** A session for tests: nothing goes to a server until a test replaces a method of its `api`. */
export function testSession(document: FlowDocument = emptyDocument("Test"), types: NodeType[] = []): Session {
  const api = new FlowApi(new Client("/api/v1/"), "flow-1");
  const answer = { document, revision: 1, summaries: {}, saved_at: "2026-01-01T00:00:00Z", saved_by: "" };
  api.saveDraft = () => Promise.resolve({ ...answer, etag: '"2"' });
  api.validate = () => Promise.resolve({ problems: [], shapes: {}, summaries: {}, ok: true });
  const flow = {
    id: "flow-1",
    name: document.name,
    description: "",
    tenant: null,
    is_enabled: true,
    followed_file: "",
    draft_revision: 1,
    has_unpublished_changes: false,
    published_version: null,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    last_runs: [],
  };
  const may = { edit: true, publish: true, run: true, makeCredentials: true };
  return newSession({ api, may, flow, types, draft: { ...answer, etag: '"1"' } });
}
