import { createStore, type StoreApi } from "zustand/vanilla";
import { ApiError, messageOf } from "@/api/client";
import { type DraftWithTag, type FlowApi, quoted } from "@/api/flows";
import { complete } from "@/graph/model";
import { sameDocument } from "@/graph/same";
import type { FlowDocument } from "@/shared/types";
import type { DocumentStore } from "./documentStore";
import { type LocalCopy, noCopy } from "./localCopy";

const QUIET_MS = 700;
const LONGEST_MS = 1500;
const FIRST_RETRY_MS = 2000;
const LONGEST_RETRY_MS = 30_000;
/** What a browser still sends while a page goes away. */
const KEEPALIVE_BYTES = 60_000;

/** `failed` is tried again by itself; `refused` waits for another edit, because the same would be refused again. */
export type SaveStatus = "saved" | "unsaved" | "saving" | "conflict" | "failed" | "refused";

export interface Conflict {
  savedBy: string | null;
  savedAt: string | null;
  etag: string;
}

export interface DraftState {
  status: SaveStatus;
  etag: string;
  savedAt: string | null;
  savedBy: string | null;
  saved: FlowDocument;
  error: string;
  conflict: Conflict | null;
  /** Whether the person is being asked; who puts the question off keeps the conflict. */
  isAsking: boolean;
}

/** Saves the draft two seconds after an edit at the latest, and never over someone else's. */
export class DraftSaver {
  readonly store: StoreApi<DraftState>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dirtySince: number | null = null;
  private running: Promise<void> | null = null;
  private retryMs = FIRST_RETRY_MS;
  /** What was sent and never answered: the server may have it all the same. */
  private unanswered: FlowDocument[] = [];

  constructor(
    private readonly api: FlowApi,
    private readonly documents: DocumentStore,
    draft: DraftWithTag,
    private readonly copy: LocalCopy = noCopy,
  ) {
    this.store = createStore<DraftState>()(() => ({
      status: "saved",
      etag: draft.etag,
      savedAt: draft.saved_at,
      savedBy: draft.saved_by,
      saved: documents.getState().document,
      error: "",
      conflict: null,
      isAsking: false,
    }));
    documents.subscribe((state, before) => {
      if (state.document !== before.document) this.onEdit();
    });
  }

  /** Take a document that the server already has, such as after a discard. */
  adopt(draft: DraftWithTag): void {
    this.stop();
    this.store.setState({ conflict: null, isAsking: false });
    this.onSaved(this.documents.getState().document, draft);
  }

  get isDirty(): boolean {
    return this.store.getState().saved !== this.documents.getState().document;
  }

  /** Save now; resolves when the server has the present document or has refused it. */
  async flush(): Promise<boolean> {
    this.stop();
    if (this.running) await this.running;
    if (this.isDirty && !this.store.getState().conflict) await this.save();
    return !this.isDirty && !this.store.getState().conflict;
  }

  /** Overwrite what someone else saved; the person was shown who and when. */
  async overwrite(): Promise<void> {
    const { conflict } = this.store.getState();
    if (!conflict) return;
    this.store.setState({ conflict: null, isAsking: false, etag: conflict.etag, status: "unsaved" });
    await this.save();
  }

  /** Ask the person about the conflict, or put the question off. */
  showConflict(isAsking: boolean): void {
    this.store.setState({ isAsking });
  }

  /** Note that someone else saved meanwhile, if that is what the error says. */
  tellStale(error: ApiError): boolean {
    if (error.status !== 412) return false;
    this.store.setState({
      status: "conflict",
      isAsking: true,
      conflict: {
        savedBy: error.extra<string>("saved_by") ?? null,
        savedAt: error.extra<string>("saved_at") ?? null,
        etag: quoted(error.extra("revision") ?? ""),
      },
    });
    return true;
  }

  /** Keep and send what is unsaved while the page goes away. False when it may not arrive. */
  leave(): boolean {
    if (!this.isDirty) return true;
    const { etag, status } = this.store.getState();
    const { document } = this.documents.getState();
    this.copy.keep(document, etag);
    if (status === "conflict" || status === "failed" || status === "refused") return false;
    if (this.running !== null || JSON.stringify(document).length > KEEPALIVE_BYTES) return false;
    void this.api.saveDraft(document, etag, true).then(
      (draft) => this.onSaved(document, draft),
      () => undefined,
    );
    return true;
  }

  private onEdit(): void {
    const { conflict, saved, etag, status } = this.store.getState();
    if (saved === this.documents.getState().document) {
      this.stop();
      this.copy.drop();
      if (!conflict && !this.running) this.store.setState({ status: "saved", error: "" });
      return;
    }
    // While the server cannot be reached, an edit does not ask it more often.
    if (conflict || status === "failed") {
      this.copy.keep(this.documents.getState().document, etag);
      return;
    }
    this.store.setState({ status: "unsaved" });
    this.dirtySince ??= Date.now();
    this.schedule(Math.max(0, Math.min(QUIET_MS, this.dirtySince + LONGEST_MS - Date.now())));
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), delay);
  }

  private stop(): void {
    clearTimeout(this.timer);
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
    const { etag } = this.store.getState();
    this.copy.keep(document, etag);
    this.store.setState({ status: "saving" });
    try {
      this.onSaved(document, await this.api.saveDraft(document, etag));
    } catch (error) {
      await this.onFailed(document, error);
    }
  }

  private onSaved(document: FlowDocument, draft: DraftWithTag): void {
    this.retryMs = FIRST_RETRY_MS;
    this.unanswered = [];
    this.store.setState({
      etag: draft.etag,
      savedAt: draft.saved_at ?? new Date().toISOString(),
      savedBy: draft.saved_by,
      saved: document,
      error: "",
    });
    this.store.setState({ status: this.isDirty ? "unsaved" : "saved" });
    if (this.isDirty) this.schedule(QUIET_MS);
    else this.copy.drop();
  }

  private async onFailed(document: FlowDocument, error: unknown): Promise<void> {
    const status = error instanceof ApiError ? error.status : 0;
    if (error instanceof ApiError && status === 412) {
      if (!(await this.isOurs())) this.tellStale(error);
      return;
    }
    if (status === 0) this.unanswered = [document, ...this.unanswered.slice(0, 9)];
    const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429;
    this.store.setState({ status: isFinal ? "refused" : "failed", error: messageOf(error) });
    if (isFinal) return;
    this.schedule(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  /** Whether the newer draft is the one that we sent and had no answer for; then saving goes on from there. */
  private async isOurs(): Promise<boolean> {
    if (this.unanswered.length === 0) return false;
    try {
      const draft = await this.api.draft();
      const stored = complete(draft.document);
      const sent = this.unanswered.find((document) => sameDocument(stored, document));
      if (!sent) return false;
      this.onSaved(sent, draft);
      return true;
    } catch {
      return false;
    }
  }
}
