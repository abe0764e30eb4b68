import { createStore, type StoreApi } from "zustand/vanilla";
import { isAbort, messageOf } from "@/api/client";
import type { FlowApi } from "@/api/flows";
import type { FlowDocument, Problem, ShapeSchema, Summaries, Validation } from "@/shared/types";
import type { DocumentStore } from "./documentStore";

const QUIET_MS = 250;
const RETRY_MS = 5000;

export interface CheckState {
  problems: Problem[];
  shapes: Validation["shapes"];
  /** What each node does, in a line, as the server tells it. */
  summaries: Summaries;
  /** Whether the server would publish this document. Null while that is not known. */
  ok: boolean | null;
  error: string;
}

/** Asks the server what is wrong with the drawing after each pause in editing. Its answer is the only problem list. */
export class Checker {
  readonly store: StoreApi<CheckState> = createStore<CheckState>()(() => ({
    problems: [],
    shapes: {},
    summaries: {},
    ok: null,
    error: "",
  }));
  private timer: ReturnType<typeof setTimeout> | undefined;
  private request: AbortController | null = null;

  constructor(
    private readonly api: FlowApi,
    private readonly documents: DocumentStore,
  ) {
    documents.subscribe((state, before) => {
      if (state.document !== before.document && meaning(state.document) !== meaning(before.document))
        this.soon();
    });
  }

  async check(): Promise<void> {
    clearTimeout(this.timer);
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    try {
      const answer = await this.api.validate(this.documents.getState().document, request.signal);
      if (!request.signal.aborted) this.store.setState({ ...answer, error: "" });
    } catch (error) {
      if (isAbort(error)) return;
      this.store.setState({ ok: null, error: messageOf(error) });
      this.timer = setTimeout(() => void this.check(), RETRY_MS);
    }
  }

  private soon(): void {
    // An answer about what was there before would be taken for one about what is there now.
    this.request?.abort();
    this.store.setState({ ok: null });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), QUIET_MS);
  }
}

/** The document without what the compiler does not look at, so that moving a box asks nothing. */
function meaning(document: FlowDocument): string {
  return JSON.stringify([
    document.name,
    document.settings,
    document.edges,
    document.nodes.map(({ position: _, ...node }) => node),
  ]);
}

export function problemsOf<P extends Problem>(problems: readonly P[], node: string): P[] {
  return problems.filter((problem) => problem.node === node || problem.edge?.to === node);
}

export function inputShape(state: CheckState, node: string): ShapeSchema | null {
  return state.shapes[node]?.input ?? null;
}
