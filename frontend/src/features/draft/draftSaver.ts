import { createStore, type StoreApi } from "zustand/vanilla";
import { ApiError, messageOf } from "@/api/client";
import type { DraftWithTag, FlowApi } from "@/api/flows";
import type { Person } from "@/api/types";
import type { DocumentStore } from "@/features/history/documentStore";
import type { FlowDocument } from "@/graph/model";

const QUIET_MS = 700;
const LONGEST_MS = 1500;
const RETRY_MS = 3000;
/** What a browser still sends while a page goes away. */
const KEEPALIVE_BYTES = 60_000;

export type SaveStatus = "saved" | "unsaved" | "saving" | "conflict" | "failed";

export interface DraftState {
  status: SaveStatus;
  etag: string;
  savedAt: string | null;
  savedBy: Person;
  saved: FlowDocument;
  error: string;
  conflict: { savedBy: Person; savedAt: string | null; etag: string } | null;
}

/** Saves the draft two seconds after an edit at the latest, and never over someone else's. */
export class DraftSaver {
  readonly store: StoreApi<DraftState>;
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private dirtySince: number | null = null;
  private running: Promise<void> | null = null;

  constructor(
    private readonly api: FlowApi,
    private readonly documents: DocumentStore,
    draft: DraftWithTag,
  ) {
    this.store = createStore<DraftState>()(() => ({
      status: "saved",
      etag: draft.etag,
      savedAt: draft.saved_at,
      savedBy: draft.saved_by,
      saved: documents.getState().document,
      error: "",
      conflict: null,
    }));
    documents.subscribe((state, before) => {
      if (state.document !== before.document) this.onEdit();
    });
  }

  /** Take a document that the server already has, such as after a discard. */
  adopt(draft: DraftWithTag): void {
    this.stop();
    this.store.setState({
      status: "saved",
      etag: draft.etag,
      savedAt: draft.saved_at,
      savedBy: draft.saved_by,
      saved: this.documents.getState().document,
      conflict: null,
      error: "",
    });
  }

  get isDirty(): boolean {
    return this.store.getState().saved !== this.documents.getState().document;
  }

  /** Save now; resolves when the server has the present document or has refused it. */
  async flush(): Promise<boolean> {
    this.stop();
    if (this.running) await this.running;
    if (this.isDirty && !this.store.getState().conflict) await this.save();
    return !this.isDirty;
  }

  /** Overwrite what someone else saved; the person was shown who and when. */
  async overwrite(): Promise<void> {
    const { conflict } = this.store.getState();
    if (!conflict) return;
    this.store.setState({ conflict: null, etag: conflict.etag, status: "unsaved" });
    await this.save();
  }

  /** Send what is unsaved while the page goes away. False when it could not be sent. */
  leave(): boolean {
    const { etag, conflict } = this.store.getState();
    if (!this.isDirty) return true;
    const { document } = this.documents.getState();
    if (conflict || JSON.stringify(document).length > KEEPALIVE_BYTES) return false;
    void this.api.saveDraft(document, etag, true).then(
      (draft) => this.onSaved(document, draft),
      () => undefined,
    );
    return this.running === null;
  }

  private onEdit(): void {
    const { conflict, saved } = this.store.getState();
    if (saved === this.documents.getState().document) {
      this.stop();
      if (!conflict && !this.running) this.store.setState({ status: "saved" });
      return;
    }
    if (conflict) return;
    this.store.setState({ status: "unsaved" });
    this.dirtySince ??= Date.now();
    this.schedule(Math.max(0, Math.min(QUIET_MS, this.dirtySince + LONGEST_MS - Date.now())));
  }

  private schedule(delay: number): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => void this.save(), delay);
  }

  private stop(): void {
    clearTimeout(this.quiet);
    this.dirtySince = null;
  }

  private save(): Promise<void> {
    if (this.running) return this.running.then(() => this.saveIfDirty());
    this.stop();
    this.running = this.put().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private saveIfDirty(): Promise<void> {
    return this.isDirty && !this.store.getState().conflict ? this.save() : Promise.resolve();
  }

  private async put(): Promise<void> {
    const { document } = this.documents.getState();
    this.store.setState({ status: "saving" });
    try {
      this.onSaved(document, await this.api.saveDraft(document, this.store.getState().etag));
    } catch (error) {
      this.onFailed(error);
    }
  }

  private onSaved(document: FlowDocument, draft: DraftWithTag): void {
    this.store.setState({
      etag: draft.etag,
      savedAt: draft.saved_at ?? new Date().toISOString(),
      savedBy: draft.saved_by,
      saved: document,
      error: "",
    });
    this.store.setState({ status: this.isDirty ? "unsaved" : "saved" });
    if (this.isDirty) this.schedule(QUIET_MS);
  }

  private onFailed(error: unknown): void {
    if (error instanceof ApiError && error.status === 412) {
      const revision = error.extra<number | string>("revision");
      this.store.setState({
        status: "conflict",
        conflict: {
          savedBy: error.extra<Person>("saved_by") ?? null,
          savedAt: error.extra<string>("saved_at") ?? null,
          etag: `"${String(revision ?? "")}"`,
        },
      });
      return;
    }
    this.store.setState({ status: "failed", error: messageOf(error) });
    this.schedule(RETRY_MS);
  }
}
