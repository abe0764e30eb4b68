import { csrfToken } from "./csrf";

/** What the server (or the lack of one) said when a request did not work out. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;
  readonly field: string | null;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.detail ?? body.title ?? body.message ?? `The server answered ${status}.`));
    this.status = status;
    this.body = body;
    this.code = String(body.code ?? (status === 0 ? "unreachable" : "error"));
    this.hint = String(body.hint ?? "");
    this.field = typeof body.field === "string" ? body.field : null;
  }

  /** Values that a problem carries beside the usual ones, wherever the server put them. */
  extra<T>(key: string): T | undefined {
    const nested = this.body.extra;
    const value =
      this.body[key] ??
      (nested && typeof nested === "object" ? (nested as Record<string, unknown>)[key] : null);
    return (value ?? undefined) as T | undefined;
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
}

/** Requests to the API under one base address, such as `/api/v1/`. */
export class Client {
  constructor(readonly base: string) {}

  async send<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const init = this.init(options);
    let response: Response;
    try {
      response = await fetch(this.base + path, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError(0, {
        code: "unreachable",
        detail: "The server cannot be reached.",
        hint: "Check the connection.",
      });
    }
    const body = await readBody(response);
    if (!response.ok) throw new ApiError(response.status, asObject(body));
    return { body: body as T, etag: response.headers.get("ETag") };
  }

  async get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return (await this.send<T>(path, signal ? { signal } : {})).body;
  }

  async post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
    return (await this.send<T>(path, { method: "POST", body, ...(signal ? { signal } : {}) })).body;
  }

  private init(options: RequestOptions): RequestInit {
    const method = options.method ?? "GET";
    const headers: Record<string, string> = {
      Accept: "application/json, application/problem+json",
      ...options.headers,
    };
    if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
    const init: RequestInit = { method, headers, credentials: "same-origin" };
    if (options.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    }
    if (options.signal) init.signal = options.signal;
    if (options.keepalive) init.keepalive = true;
    return init;
  }
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
