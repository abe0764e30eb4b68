import type { FlowDocument } from "@/shared/types";
/** A drawing that may not be on the server, kept by the browser. */
export interface Kept {
  document: FlowDocument;
  /** The revision of the draft that it was drawn on. */
  etag: string;
  at: string;
}

/** Where one open editor keeps its unsaved drawing. */
export interface LocalCopy {
  keep: (document: FlowDocument, etag: string) => boolean;
  drop: () => void;
}

export const noCopy: LocalCopy = { keep: () => false, drop: () => undefined };

const PREFIX = "hookflow:unsaved:";
const MOST_CHARACTERS = 2_000_000;
const MOST_COPIES = 12;
const LONGEST_MS = 30 * 86_400_000;

/**
 * The unsaved drawings of one person and one flow. Each open page keeps its own, so that two tabs never write
 * over each other; another person at the same browser is shown none of them.
 */
export class UnsavedCopies {
  private readonly mine: string;
  private readonly own: string;

  constructor(
    user: string,
    flow: string,
    private readonly storage: Storage | null = browserStorage(),
    private readonly now: () => number = Date.now,
  ) {
    this.mine = `${PREFIX}${user}:${flow}:`;
    this.own = `${this.mine}${this.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
  }

  /** What this page keeps until the server has it. */
  get copy(): LocalCopy {
    return {
      keep: (document, etag) => this.keep(document, etag),
      drop: () => this.attempt(() => this.storage?.removeItem(this.own)),
    };
  }

  /** What other pages left behind, newest first. What is too old or cannot be read is thrown away. */
  left(): { key: string; kept: Kept }[] {
    const found = this.keys(PREFIX).flatMap((key) => {
      const kept = this.read(key);
      if (!kept || this.now() - Date.parse(kept.at) > LONGEST_MS) {
        this.forget(key);
        return [];
      }
      return key.startsWith(this.mine) && key !== this.own ? [{ key, kept }] : [];
    });
    return found.sort((one, other) => other.kept.at.localeCompare(one.kept.at));
  }

  forget(key: string): void {
    this.attempt(() => this.storage?.removeItem(key));
  }

  private keep(document: FlowDocument, etag: string): boolean {
    const kept: Kept = { document, etag, at: new Date(this.now()).toISOString() };
    const text = JSON.stringify(kept);
    if (text.length > MOST_CHARACTERS) return false;
    const isKept = this.attempt(() => {
      this.storage?.setItem(this.own, text);
      return this.storage !== null;
    });
    for (const key of this.oldest()) this.forget(key);
    return isKept === true;
  }

  /** What is too much: a person with very many unsaved flows loses the oldest copies, never the newest. */
  private oldest(): string[] {
    const keys = this.keys(PREFIX);
    if (keys.length <= MOST_COPIES) return [];
    const byAge = keys.map((key) => ({ key, at: this.read(key)?.at ?? "" }));
    byAge.sort((one, other) => one.at.localeCompare(other.at));
    return byAge.slice(0, keys.length - MOST_COPIES).map(({ key }) => key);
  }

  private keys(prefix: string): string[] {
    const { storage } = this;
    if (!storage) return [];
    const all = this.attempt(() => Array.from({ length: storage.length }, (_, i) => storage.key(i)));
    return (all ?? []).filter((key): key is string => key?.startsWith(prefix) ?? false);
  }

  private read(key: string): Kept | null {
    const kept = this.attempt(() => JSON.parse(this.storage?.getItem(key) ?? "null") as Partial<Kept> | null);
    const isWhole =
      typeof kept?.at === "string" && typeof kept.etag === "string" && Array.isArray(kept.document?.nodes);
    return isWhole ? (kept as Kept) : null;
  }

  /** A browser may forbid storage or have no room left; editing goes on without a copy then. */
  private attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      return undefined;
    }
  }
}

function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
