import type {
  BrokenModule,
  Config,
  DocumentDiff,
  Draft,
  DryRun,
  Errand,
  EventType,
  Flow,
  FlowChange,
  FlowDocument,
  FlowVersion,
  FlowVersionDocument,
  Hook,
  ImportPreview,
  NodeType,
  Page,
  Preview,
  SampleChoice,
  Schema,
  Started,
  StoredEvent,
  UsableCredential,
  Validation,
  Wiring,
} from "@/shared/types";
import type { Answer, Client } from "./client";

export interface DraftWithTag extends Draft {
  etag: string;
}

/** How long the secret in use is taken beside a new one. */
interface KeepOld {
  keep_old_for: string;
}

/** A draft that takes longer to save is said not to be saved. */
const SAVE_TIMEOUT_MS = 8000;

export const quoted = (revision: unknown) => `"${String(revision)}"`;

const tagged = ({ body, etag }: Answer<Draft>): DraftWithTag => ({
  ...body,
  etag: etag ?? quoted(body.revision),
});

/** What the editor asks the API about one flow. */
export class FlowApi {
  constructor(
    readonly client: Client,
    readonly id: string,
  ) {}

  private get path(): string {
    return `flows/${this.id}/`;
  }

  flow = () => this.client.get<Flow>(this.path);
  patch = (part: FlowChange) => this.client.ask<Flow>(this.path, { method: "PATCH", body: part });
  flowSettings = () => this.client.get<Schema>("flow-settings/");
  nodeTypes = () => this.client.get<NodeType[]>("node-types/");
  brokenModules = () => this.client.get<BrokenModule[]>("broken-modules/");
  eventTypes = () => this.client.get<EventType[]>("event-types/");
  events = async (type: string) =>
    (await this.client.get<Page<StoredEvent>>(`events/?page_size=20&type=${encodeURIComponent(type)}`))
      .results;

  draft = async () => tagged(await this.client.send<Draft>(`${this.path}draft/`));
  saveDraft = async (document: FlowDocument, etag: string, keepalive = false) =>
    tagged(
      await this.client.send<Draft>(`${this.path}draft/`, {
        method: "PUT",
        body: { document },
        ifMatch: etag,
        timeoutMs: SAVE_TIMEOUT_MS,
        keepalive,
      }),
    );
  discard = async (etag: string) =>
    tagged(await this.client.send<Draft>(`${this.path}draft/discard/`, { method: "POST", ifMatch: etag }));
  validate = (document: FlowDocument, signal?: AbortSignal) =>
    this.client.post<Validation>(`${this.path}validate/`, { document }, signal);
  wiring = (document: FlowDocument, from: string, port: string) =>
    this.client.post<Required<Pick<Wiring, "targets">>>(`${this.path}wiring/`, { document, from, port });
  preview = (
    document: FlowDocument,
    node: string,
    field: string,
    sample: SampleChoice,
    signal?: AbortSignal,
  ) => this.client.post<Preview>(`${this.path}preview/`, { document, node, field, ...sample }, signal);
  dryRun = (document: FlowDocument, sample: SampleChoice) =>
    this.client.post<DryRun>(`${this.path}dry-run/`, { document, ...sample });
  run = (payload: unknown) =>
    this.client.ask<Started>(`${this.path}run/`, { method: "POST", body: { payload }, isOnce: true });

  /** `switchOn` puts the flow on as well; without it, the flow stays as it is. */
  publish = (comment: string, switchOn: boolean, etag: string) =>
    this.client.ask<FlowVersion>(`${this.path}publish/`, {
      method: "POST",
      body: { ...(comment ? { comment } : {}), ...(switchOn ? { is_enabled: true } : {}) },
      ifMatch: etag,
      isOnce: true,
    });

  /** Ask for the list of a field; the answer may have to be waited for. */
  choices = (body: { type: string; config: Config; field: string; search: string }, signal: AbortSignal) =>
    this.client.post<Errand>(`${this.path}choices/`, body, signal);

  credentials = () => this.client.get<UsableCredential[]>(`${this.path}credentials/`);

  versions = () => this.client.get<FlowVersion[]>(`${this.path}versions/`);
  version = (number: number) => this.client.get<FlowVersionDocument>(`${this.path}versions/${number}/`);
  diff = (from: string, to: string) =>
    this.client.get<DocumentDiff>(`${this.path}diff/?from=${from}&to=${to}`);
  hook = () => this.client.get<Hook>(`${this.path}hook/`);
  makeHook = () => this.client.post<Hook>(`${this.path}hook/`);
  rotateHook = (keep: KeepOld) => this.client.post<{ secret: string }>(`${this.path}hook/rotate/`, keep);
  takeHookSecret = async (secret: string, keep: KeepOld) =>
    (await this.client.send<Hook>(`${this.path}hook/secret/`, { method: "PUT", body: { secret, ...keep } }))
      .body;
  endOldHookSecret = async () =>
    (await this.client.send<Hook>(`${this.path}hook/old-secret/`, { method: "DELETE" })).body;
  exportUrl = (version: number | "draft" = "draft") =>
    `${this.client.base}${this.path}export/?version=${version}`;
}

export const importPreview = (client: Client, document: unknown, signal?: AbortSignal) =>
  client.post<ImportPreview>("flows/import/preview/", document, signal);

export const importFlow = (
  client: Client,
  body: { document: unknown; name?: string; credentials?: Record<string, string> },
) => client.ask<Flow>("flows/import/", { method: "POST", body, isOnce: true });
