import { createContext, useContext } from "react";
import { type StoreApi, useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { Client } from "@/api/client";
import { type DraftWithTag, FlowApi } from "@/api/flows";
import { complete } from "@/graph/model";
import type { DryRun, EventType, Flow, FlowDocument, NodeType, SampleChoice, Schema } from "@/shared/types";
import { Checker } from "./checker";
import { createDocumentStore, type DocumentStore } from "./documentStore";
import { DraftSaver } from "./draftSaver";
import { FlowFollower } from "./flowFollower";
import { type Kept, UnsavedCopies } from "./localCopy";
import { createUiStore, type UiStore } from "./uiStore";

export interface Sample {
  label: string;
  choice: SampleChoice;
}

export interface TestState {
  sample: Sample;
  result: DryRun | null;
  /** The document that the result belongs to. */
  of: FlowDocument | null;
  isRunning: boolean;
  error: string;
  /** Payloads as they were typed, whether they can be read or not. */
  ownText: string | null;
  runText: string | null;
}

export const noTest: TestState = {
  sample: { label: "Sample of the trigger", choice: {} },
  result: null,
  of: null,
  isRunning: false,
  error: "",
  ownText: null,
  runText: null,
};

/** Everything that belongs to one open editor. */
export interface Session {
  api: FlowApi;
  types: Map<string, NodeType>;
  eventTypes: EventType[];
  /** The form of what holds for a flow as a whole. */
  flowSettings: Schema;
  flow: StoreApi<Flow>;
  documents: DocumentStore;
  ui: UiStore;
  saver: DraftSaver;
  copies: UnsavedCopies;
  /** Unsaved edits of an earlier visit that the person was not asked about yet. */
  left: StoreApi<{ key: string; kept: Kept }[]>;
  checker: Checker;
  live: FlowFollower;
  test: StoreApi<TestState>;
  nonce: string;
  may: May;
}

/** What the person at the screen may do; the server holds it, the editor only shows it. */
export interface May {
  edit: boolean;
  publish: boolean;
  run: boolean;
  /** For the owner of the flow. */
  makeCredentials: boolean;
}

export interface MountOptions {
  flowId: string;
  api: string;
  nonce: string;
  may: May;
  /** Who is signed in: unsaved edits that the browser keeps are that person's. */
  user: string;
}

export const noSample: Sample = noTest.sample;

type Loaded = Pick<Session, "api" | "may"> &
  Partial<Pick<Session, "eventTypes" | "flowSettings" | "nonce"> & Pick<MountOptions, "user">> & {
    flow: Flow;
    draft: DraftWithTag;
    types: readonly NodeType[];
  };

/** A session of what the server told; it asks for nothing by itself. */
export function newSession({ api, may, flow, draft, types, user = "", ...more }: Loaded): Session {
  const documents = createDocumentStore(complete(draft.document), Date.now, !may.edit);
  const copies = new UnsavedCopies(user, api.id);
  const session: Session = {
    api,
    types: new Map(types.map((type) => [type.type, type])),
    eventTypes: [],
    flowSettings: {},
    flow: createStore<Flow>()(() => flow),
    documents,
    ui: createUiStore(),
    saver: new DraftSaver(api, documents, draft, copies.copy),
    copies,
    left: createStore<{ key: string; kept: Kept }[]>()(() => []),
    checker: new Checker(api, documents),
    live: new FlowFollower(),
    test: createStore<TestState>()(() => noTest),
    nonce: "",
    may,
    ...more,
  };
  session.checker.store.setState({ summaries: draft.summaries });
  return session;
}

/** Load a flow and make the session of its editor. */
export async function openSession({ flowId, api: base, ...options }: MountOptions): Promise<Session> {
  const api = new FlowApi(new Client(base), flowId);
  const [flow, draft, types, flowSettings, eventTypes] = await Promise.all([
    api.flow(),
    api.draft(),
    api.nodeTypes(),
    api.flowSettings(),
    api.eventTypes().catch((): EventType[] => []),
  ]);
  const session = newSession({ api, flow, draft, types, flowSettings, eventTypes, ...options });
  // Whoever may not edit has nothing to mend, and may not ask.
  if (options.may.edit) void session.checker.check();
  session.live.start(flowId);
  return session;
}

/** Ask how the draft stands to what is published, after one of them was changed. */
export async function learnState(session: Session): Promise<void> {
  const { past, tell } = session.documents.getState();
  session.flow.setState(await session.api.flow());
  tell(past.at(-1));
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("This component belongs inside an editor.");
  return session;
}

export function useDocument<T>(select: (document: FlowDocument) => T): T {
  return useStore(useSession().documents, (state) => select(state.document));
}

export function useUi<T>(select: (state: ReturnType<UiStore["getState"]>) => T): T {
  return useStore(useSession().ui, select);
}

export function useChecks<T>(select: (state: ReturnType<Checker["store"]["getState"]>) => T): T {
  return useStore(useSession().checker.store, select);
}
