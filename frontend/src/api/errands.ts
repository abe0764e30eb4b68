import type { Errand } from "@/shared/types";
import { ApiError, type Client } from "./client";

/** How long between two looks for an answer that did not come at once. */
const LOOK_MS = 400;

/** The answer to a question that a worker has to find out; the server gives up long before we would. */
export async function answerOf<T>(client: Client, asked: Promise<Errand>, signal: AbortSignal): Promise<T> {
  let errand = await asked;
  while (errand.status === "queued" || errand.status === "running") {
    await pause(LOOK_MS, signal);
    errand = await client.ask<Errand>(`errands/${errand.id}/`, { signal });
  }
  if (errand.error) {
    const { code, message, hint } = errand.error;
    throw new ApiError(200, { code, detail: message, hint });
  }
  return errand.answer as T;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
