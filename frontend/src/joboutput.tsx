import { createRoot } from "react-dom/client";
import "./styles/run.css";
import { ErrorBoundary } from "./app/ErrorBoundary";
import { LogPanel } from "./features/runview/LogPanel";
import { openRun } from "./features/runview/openRun";
import { SessionContext } from "./session/session";

/** The output of a job run as it comes, in the place of the lines that the server rendered. */
async function start(mount: HTMLElement): Promise<void> {
  const { runId = "", api = "/api/v1/" } = mount.dataset;
  const run = await openRun(runId, api, false);
  createRoot(mount).render(
    <ErrorBoundary>
      <SessionContext value={run.session}>
        <LogPanel api={run.api} />
      </SessionContext>
    </ErrorBoundary>,
  );
}

const mount = document.getElementById("job-output");
if (mount) void start(mount);
