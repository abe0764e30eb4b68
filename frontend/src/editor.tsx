import { createRoot } from "react-dom/client";
import "@xyflow/react/dist/base.css";
import "./styles/editor.css";
import "./styles/forms.css";
import { openSession } from "@/session/session";
import { messageOf } from "./api/client";
import { EditorApp } from "./app/EditorApp";
import { ErrorBoundary } from "./app/ErrorBoundary";
import { worthRestoring } from "./features/draft/worthRestoring";

/** Find the mount point and start the editor in it. */
async function start(mount: HTMLElement): Promise<void> {
  const {
    flowId = "",
    api = "/api/v1/",
    cspNonce = "",
    user = "",
    mayEdit,
    mayPublish,
    mayRun,
    mayMakeCredentials,
  } = mount.dataset;
  const may = {
    edit: mayEdit !== "false",
    publish: mayPublish !== "false",
    run: mayRun !== "false",
    makeCredentials: mayMakeCredentials === "true",
  };
  const root = createRoot(mount);
  try {
    const session = await openSession({ flowId, api, nonce: cspNonce, may, user });
    session.left.setState(worthRestoring(session), true);
    if (window.matchMedia("(max-width: 767px)").matches) session.ui.setState({ isPaletteOpen: false });
    root.render(
      <ErrorBoundary>
        <EditorApp session={session} />
      </ErrorBoundary>,
    );
    // Fetched while nobody waits, so that a panel opens at once and also after the network is gone.
    setTimeout(() => void import("./app/panels"), 1500);
  } catch (error) {
    root.render(
      <div className="alert alert-danger m-3" role="alert">
        The editor could not be opened. {messageOf(error)}
      </div>,
    );
  }
}

const mount = document.getElementById("flow-editor");
if (mount) void start(mount);
