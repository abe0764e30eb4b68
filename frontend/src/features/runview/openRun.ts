import { createStore } from "zustand/vanilla";
import { Client } from "@/api/client";
import { FlowApi } from "@/api/flows";
import { RunApi } from "@/api/runs";
import { complete } from "@/graph/model";
import { Checker } from "@/session/checker";
import { createDocumentStore } from "@/session/documentStore";
import { DraftSaver } from "@/session/draftSaver";
import { FlowFollower } from "@/session/flowFollower";
import { type Kept, UnsavedCopies } from "@/session/localCopy";
import { noTest, type Session, type TestState } from "@/session/session";
import { createUiStore } from "@/session/uiStore";
import type { Flow, Run } from "@/shared/types";

export interface RunSession {
  session: Session;
  api: RunApi;
  run: Run;
}

/** Load a run and the drawing that it executes; the parts of the editor show it, and nothing of it can be edited. */
export async function openRun(runId: string, base: string): Promise<RunSession> {
  const client = new Client(base);
  const api = new RunApi(client, runId);
  const flows = new FlowApi(client, "");
  const [run, { results: steps, document, summaries }, types] = await Promise.all([
    api.run(),
    api.steps(),
    flows.nodeTypes(),
  ]);
  const documents = createDocumentStore(complete(document));
  const live = new FlowFollower();
  live.show(runId);
  live.run.take({ run, steps });
  const flowApi = new FlowApi(client, run.flow);
  const draft = {
    document: documents.getState().document,
    revision: 0,
    etag: "",
    summaries,
    saved_at: "",
    saved_by: "",
  };
  const session: Session = {
    api: flowApi,
    types: new Map(types.map((type) => [type.type, type])),
    eventTypes: [],
    flow: createStore<Flow>()(() => ({ id: run.flow, name: run.flow_name }) as Flow),
    documents,
    ui: createUiStore(),
    saver: new DraftSaver(flowApi, documents, draft),
    copies: new UnsavedCopies("", run.flow),
    left: createStore<{ key: string; kept: Kept }[]>()(() => []),
    checker: new Checker(flowApi, documents),
    live,
    test: createStore<TestState>()(() => noTest),
    nonce: "",
    may: { edit: false, publish: false, run: false },
  };
  session.checker.store.setState({ summaries });
  return { session, api, run };
}
