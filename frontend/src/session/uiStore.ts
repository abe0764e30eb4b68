import { createStore, type StoreApi } from "zustand/vanilla";
import type { FlowEdge, Position, Refusal } from "@/shared/types";
import { noteOpener } from "@/shared/ui/focus";

export type Tab = "node" | "flow" | "problems" | "test" | "versions" | "outline" | "history";

export type DialogName =
  | { kind: "publish" }
  | { kind: "import" }
  | { kind: "shortcuts" }
  | { kind: "run" }
  | { kind: "diff"; from: string; to: string }
  | { kind: "connect"; from: string; port: string }
  | { kind: "add"; at: Position | null; from?: { from: string; port: string }; into?: FlowEdge };

export interface Toast {
  id: number;
  text: string;
  tone: "info" | "warning" | "danger" | "success";
}

/** The wire that is being drawn, and what the server says about each node it could reach. */
export interface Connecting {
  from: string;
  port: string;
  verdicts: Record<string, Refusal | null> | null;
}

export interface UiState {
  selected: string[];
  selectedEdges: string[];
  tab: Tab | null;
  isPaletteOpen: boolean;
  dialog: DialogName | null;
  toasts: Toast[];
  announcement: string;
  connecting: Connecting | null;
  /** The wire that the pointer or the focus is on. */
  wireAt: string | null;
  /** The wire that what is being dragged would be put into. */
  dropWire: string | null;
  /** The type of the palette's entry that is being dragged. */
  draggedType: string | null;
  /** A field that a jump wants focused; the number makes a second jump to the same place a new one. */
  focusField: { node: string; field: string; nonce: number } | null;
  /** The field of a node that was used last; what is chosen from the list of known fields goes there. */
  lastField: { node: string; path: string; kind: string } | null;
  /** Nodes that were added just now; what they lack is no fault until someone has been there. */
  fresh: readonly string[];
  /** The fields of fresh nodes that were left once, as `node field`. */
  left: readonly string[];
  /** A node to bring into view without moving the focus. */
  reveal: { node: string } | null;
  select: (nodes: string[], edges?: string[]) => void;
  open: (tab: Tab | null) => void;
  show: (dialog: DialogName | null) => void;
  toast: (text: string, tone?: Toast["tone"]) => void;
  dropToast: (id: number) => void;
  announce: (text: string) => void;
}

export type UiStore = StoreApi<UiState>;

let lastToast = 0;

/** What is shown and selected: none of it is part of the document or of the history. */
export function createUiStore(): UiStore {
  return createStore<UiState>()((set, get) => ({
    selected: [],
    selectedEdges: [],
    tab: null,
    isPaletteOpen: true,
    dialog: null,
    toasts: [],
    announcement: "",
    connecting: null,
    wireAt: null,
    dropWire: null,
    draggedType: null,
    focusField: null,
    lastField: null,
    fresh: [],
    left: [],
    reveal: null,
    select: (selected, selectedEdges = []) => {
      const before = get();
      if (sameList(before.selected, selected) && sameList(before.selectedEdges, selectedEdges)) return;
      const one = selected.length === 1 && selectedEdges.length === 0;
      const tab = one ? "node" : before.tab === "node" ? null : before.tab;
      set({ selected, selectedEdges, tab });
    },
    open: (tab) => set({ tab }),
    show: (dialog) => {
      if (dialog) noteOpener();
      set({ dialog });
    },
    toast: (text, tone = "info") => {
      lastToast += 1;
      const id = lastToast;
      set((state) => ({ toasts: [...state.toasts.slice(-2), { id, text, tone }], announcement: text }));
      setTimeout(() => get().dropToast(id), tone === "danger" ? 12_000 : 6000);
    },
    dropToast: (id) => set((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) })),
    announce: (announcement) => set({ announcement }),
  }));
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
