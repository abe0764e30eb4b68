import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/base.css";
import "./styles/editor.css";
import "./styles/forms.css";
import "./styles/run.css";
import { ErrorBoundary } from "./app/ErrorBoundary";
import { openRun } from "./features/runview/openRun";
import { RunApp } from "./features/runview/RunApp";

/** Put the live view in the place of what the server rendered; that stays when the live view cannot be opened. */
async function start(mount: HTMLElement): Promise<void> {
  const { runId = "", api = "/api/v1/", mayRun } = mount.dataset;
  const run = await openRun(runId, api, mayRun === "true");
  createRoot(mount).render(
    <ErrorBoundary>
      <RunApp run={run} />
    </ErrorBoundary>,
  );
}

const mount = document.getElementById("run-view");
if (mount) void start(mount);
