import { csrfToken } from "./csrf";

/** What the server (or the lack of one) said when a request did not work out. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.detail ?? body.title ?? body.message ?? `The server answered ${status}.`));
    this.status = status;
    this.body = body;
    this.code = String(body.code ?? "error");
    this.hint = String(body.hint ?? "");
  }

  /** Values that a problem carries beside the usual ones. */
  extra<T>(key: string): T | undefined {
    return (this.body[key] ?? undefined) as T | undefined;
  }
}

export interface Answer<T> {
  body: T;
  etag: string | null;
}

export interface RequestOptions {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  keepalive?: boolean;
  /** The revision that the change starts from, as the server gave it. */
  ifMatch?: string;
  /** Sent with a key of its own, so that a try after a lost answer does the work no second time. */
  isOnce?: boolean;
  timeoutMs?: number;
}

/** No answer for this long counts as none, unless the caller is less patient. */
const TIMEOUT_MS = 30_000;

/** Requests to the API under one base address, such as `/api/v1/`. */
export class Client {
  /** Keys of requests that were sent and not answered yet, by what they ask. */
  private readonly unanswered = new Map<string, string>();

  constructor(readonly base: string) {}

  async send<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const init = this.init(options);
    const mark = JSON.stringify([path, init.method, init.body, options.ifMatch]);
    if (options.isOnce) {
      const key = this.unanswered.get(mark) ?? freshKey();
      this.unanswered.set(mark, key);
      init.headers["Idempotency-Key"] = key;
    }
    const { response, body } = await exchange(this.base + path, init, options);
    this.unanswered.delete(mark);
    if (!response.ok) throw new ApiError(response.status, asObject(body));
    return { body: body as T, etag: response.headers.get("ETag") };
  }

  async ask<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return (await this.send<T>(path, options)).body;
  }

  get<T>(path: string): Promise<T> {
    return this.ask(path);
  }

  post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
    return this.ask(path, { method: "POST", body, signal });
  }

  private init(options: RequestOptions): RequestInit & { headers: Record<string, string> } {
    const method = options.method ?? "GET";
    const headers: Record<string, string> = {
      Accept: "application/json, application/problem+json",
      ...options.headers,
    };
    if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
    if (options.ifMatch !== undefined) headers["If-Match"] = options.ifMatch;
    const init: RequestInit & { headers: typeof headers } = { method, headers, credentials: "same-origin" };
    if (options.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    }
    if (options.keepalive) init.keepalive = true;
    return init;
  }
}

/** Send and read the whole answer; whatever keeps it from coming in time is told apart from being given up. */
async function exchange(url: string, init: RequestInit, options: RequestOptions) {
  const late = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, late]) : late;
  try {
    const response = await fetch(url, options.keepalive ? init : { ...init, signal });
    return { response, body: await readBody(response) };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, late.aborted ? LATE : UNREACHABLE);
  }
}

const LATE = {
  code: "timeout",
  detail: "The server did not answer in time.",
  hint: "It may be busy; try again.",
};
const UNREACHABLE = {
  code: "unreachable",
  detail: "The server cannot be reached.",
  hint: "Check the connection.",
};

/** A random key. `crypto.randomUUID` is only there on pages that came over TLS or from this machine. */
function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return response.ok ? text : { detail: `The server answered ${response.status}.` };
  }
}

function asObject(body: unknown): Record<string, unknown> {
  return body && typeof body === "object" && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

/** Whether a request was given up by us, which is nobody's problem. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** One sentence for people. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.hint ? `${error.message} ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
