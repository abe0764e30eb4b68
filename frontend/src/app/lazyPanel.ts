import { lazy } from "react";

/** What is not needed for the first look comes a moment later, in one chunk. */
type Panels = typeof import("./panels");

export const lazyPanel = <Name extends keyof Panels>(name: Name) =>
  lazy(() => import("./panels").then((panels) => ({ default: panels[name] })));
