import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// Most files share one document, one clock and one set of globals with the next file.
afterEach(() => {
  cleanup();
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
