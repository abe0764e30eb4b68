import type { Config, FlowDocument, FlowEdge } from "@/graph/model";
import type { ShapeSchema } from "@/graph/shapes";

/** A JSON Schema of a config, with the hints of the server. Only what the form understands is named. */
export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  "x-ui"?: UiHints;
  "x-slot"?: string;
}

export interface UiHints {
  widget?: string;
  group?: string;
  placeholder?: string;
  dependsOn?: Record<string, unknown[]>;
  choices?: Record<string, string>;
}

export interface NodeType {
  type: string;
  version: number;
  kind: string;
  label: string;
  summary: string;
  /** Stands greyed under the name of a node whose summary is empty. */
  unset?: string;
  icon: string;
  ports: { name: string; label: string }[];
  has_input: boolean;
  config_schema: Schema;
  settings_schema: Schema;
}

/** A module of an installed package that the server could not load. */
export interface BrokenModule {
  module: string;
  package: string;
  error: string;
}

export interface EventType {
  name: string;
  label: string;
  summary: string;
  group: string;
  is_builtin: boolean;
  schema: ShapeSchema;
  sample: unknown;
}

export interface Flow {
  id: string;
  name: string;
  description: string;
  tenant: unknown;
  is_enabled: boolean;
  draft_revision: number;
  has_unpublished_changes: boolean;
  published_version: number | null;
  last_runs?: { id: string; status: RunStatus; finished_at: string | null }[];
}

/** The line under each node's name, by node id. */
export type Summaries = Record<string, string>;

export interface Draft {
  document: FlowDocument;
  summaries?: Summaries;
  revision: number | string;
  saved_at: string | null;
  saved_by: Person;
}

/** A person by name; some answers carry an object. */
export type Person = string | { name?: string; email?: string } | null;

export interface Problem {
  code: string;
  severity: "error" | "warning";
  message: string;
  hint: string;
  node: string | null;
  field: string | null;
  edge: FlowEdge | null;
}

export interface Validation {
  problems: Problem[];
  shapes: Record<string, { input: ShapeSchema | null; ports: Record<string, ShapeSchema> }>;
  summaries?: Summaries;
  ok: boolean;
}

export interface Refusal {
  code: string;
  message: string;
  hint?: string;
  field?: string | null;
}

export interface Wiring {
  targets: Record<string, Refusal | null>;
}

export interface Preview {
  value: unknown;
  text: string | null;
  type: string | null;
  sample_name: string | null;
  error: Refusal | null;
}

/** What a preview or dry run is tried with; empty lets the server take the event type's sample. */
export interface SampleChoice {
  payload?: unknown;
  event_id?: string;
}

export interface DryStep {
  node: string;
  status: StepStatus;
  port: string | null;
  input: unknown;
  output: unknown;
  preview: unknown;
  error: Refusal | null;
  logs: { level: string; text: string }[];
  /** Why it could not do it as the installation is set up now. */
  warnings: { field: string; message: string; hint: string }[];
}

export interface DryRun {
  status: RunStatus;
  steps: DryStep[];
  /** What was left out of a large answer. */
  note?: string;
  error?: Refusal | null;
}

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type StepStatus =
  | "running"
  | "waiting"
  | "retrying"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled"
  | "interrupted";

export interface Run {
  id: string;
  status: RunStatus;
  flow?: string;
  flow_name?: string;
  version?: number | null;
  event?: string | null;
  event_type?: string | null;
  subject?: string;
  created_at: string;
  started_at?: string | null;
  finished_at?: string | null;
  duration_ms?: number | null;
  error?: Refusal | null;
  wait_reason?: string | null;
  due_at?: string | null;
  retried_from?: string | null;
  document?: FlowDocument;
}

export interface Step {
  seq: number;
  node: string;
  node_name?: string;
  node_type?: string;
  attempt: number;
  status: StepStatus;
  port: string | null;
  started_at: string | null;
  finished_at: string | null;
  duration_ms?: number | null;
  input?: unknown;
  output?: unknown;
  error: Refusal | null;
}

export interface LogLine {
  seq: number;
  at: string;
  level: string;
  node: string | null;
  text: string;
}

export interface FlowVersion {
  number: number;
  id: string;
  published_at: string;
  published_by: Person;
  comment: string;
  document?: FlowDocument;
}

export interface DocumentDiff {
  added: (string | { id?: string; node?: string; name?: string })[];
  removed: (string | { id?: string; node?: string; name?: string })[];
  changed: { node: string; name?: string; fields: { field: string; before: unknown; after: unknown }[] }[];
  moved: (string | { id?: string; node?: string; name?: string })[];
  edges_added: FlowEdge[];
  edges_removed: FlowEdge[];
  settings: unknown;
}

export interface ImportPreview {
  name: string;
  nodes: { id: string; type: string; name: string; known: boolean }[];
  needs: Record<string, unknown>;
  problems: Problem[];
  ok: boolean;
}

export interface StoredEvent {
  id: string;
  type: string;
  accepted_at: string;
  payload?: unknown;
}

export interface Page<T> {
  next: string | null;
  previous: string | null;
  results: T[];
}

export type { Config };
