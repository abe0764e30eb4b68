import { createStore, type StoreApi } from "zustand/vanilla";
import { applyChange, type Change, invert, merge } from "@/graph/changes";
import type { FlowDocument } from "@/shared/types";

const BURST_MS = 1000;

export interface DocumentState {
  document: FlowDocument;
  /** What was done, oldest first; undoing moves entries to `future`, whose first is the next to redo. */
  past: Change[];
  future: Change[];
  lastAt: number;
  /** The last change that was there when the server last told how the draft stands to what is published. */
  told: Change | undefined;
  apply: (change: Change) => void;
  undo: () => void;
  redo: () => void;
  /** Go to the state after `count` changes of the whole history. */
  goTo: (count: number) => void;
  /** The next change starts an entry of its own even if it is of the same group. */
  endBurst: () => void;
  /** The server has told how the draft, up to this change, stands to what is published. */
  tell: (upTo: Change | undefined) => void;
  /** Take another document as the beginning of a new history. */
  reset: (document: FlowDocument) => void;
}

export type DocumentStore = StoreApi<DocumentState>;

function pushed(state: DocumentState, change: Change, now: number): Pick<DocumentState, "past" | "lastAt"> {
  const last = state.past.at(-1);
  const inBurst =
    last?.group !== undefined &&
    last.group === change.group &&
    now - state.lastAt < BURST_MS &&
    state.future.length === 0;
  const past = inBurst ? [...state.past.slice(0, -1), merge(last, change)] : [...state.past, change];
  return { past, lastAt: now };
}

/** Whether there are edits that the server's word on unpublished changes does not know. */
export const hasEdits = (state: DocumentState): boolean => state.past.at(-1) !== state.told;

/** The one store of the drawing: every edit goes through `apply` and can be undone. */
export function createDocumentStore(
  document: FlowDocument,
  now: () => number = Date.now,
  isReadOnly = false,
): DocumentStore {
  return createStore<DocumentState>()((set, get) => ({
    document,
    past: [],
    future: [],
    lastAt: 0,
    told: undefined,
    apply: (change) => {
      if (isReadOnly || change.operations.length === 0) return;
      set((state) => ({
        ...pushed(state, change, now()),
        document: applyChange(state.document, change),
        future: [],
      }));
    },
    undo: () => {
      const { past, future, document: here } = get();
      const last = past.at(-1);
      if (!last) return;
      set({
        document: applyChange(here, invert(last)),
        past: past.slice(0, -1),
        future: [last, ...future],
        lastAt: 0,
      });
    },
    redo: () => {
      const { past, future, document: here } = get();
      const [next, ...rest] = future;
      if (!next) return;
      set({ document: applyChange(here, next), past: [...past, next], future: rest, lastAt: 0 });
    },
    goTo: (count) => {
      while (get().past.length > count && get().past.length > 0) get().undo();
      while (get().past.length < count && get().future.length > 0) get().redo();
    },
    endBurst: () => set({ lastAt: 0 }),
    tell: (upTo) => set({ told: upTo, lastAt: 0 }),
    reset: (fresh) => set({ document: fresh, past: [], future: [], lastAt: 0, told: undefined }),
  }));
}
