import { ReactFlowProvider } from "@xyflow/react";
import { useEffect } from "react";
import { Canvas } from "@/features/canvas/Canvas";
import { Palette } from "@/features/palette/Palette";
import { Toolbar } from "@/features/toolbar/Toolbar";
import { type Session, SessionContext, useDocument, useSession, useUi } from "@/session/session";
import { Icon } from "@/shared/ui/Icon";
import { Dialogs } from "./Dialogs";
import { SidePanel } from "./SidePanel";
import { Toasts } from "./Toasts";
import { useHotkeys } from "./useHotkeys";

/** The flow editor: puts the features together. */
export function EditorApp({ session }: { session: Session }) {
  return (
    <SessionContext value={session}>
      <ReactFlowProvider>
        <Editor />
      </ReactFlowProvider>
    </SessionContext>
  );
}

function Editor() {
  const session = useSession();
  const isPaletteOpen = useUi((ui) => ui.isPaletteOpen);
  useHotkeys();
  useLeaving(session);
  const closeOnPhone = () => {
    if (window.matchMedia("(max-width: 767px)").matches) session.ui.setState({ isPaletteOpen: false });
  };
  return (
    <div className={`hf-editor ${isPaletteOpen ? "" : "is-palette-closed"}`}>
      <Toolbar />
      <div className="hf-stage">
        {isPaletteOpen && session.may.edit ? <Palette onAdded={closeOnPhone} /> : null}
        <main className="hf-drawing">
          <Canvas />
          <EmptyHint />
        </main>
        <SidePanel />
      </div>
      <Dialogs />
      <Toasts />
    </div>
  );
}

function EmptyHint() {
  const isEmpty = useDocument((document) => document.nodes.length === 0);
  if (!isEmpty) return null;
  return (
    <div className="hf-hint">
      <Icon name="route" size={32} />
      <p>
        Begin with a trigger: drag one from the list, click it, or press <kbd>N</kbd>.
      </p>
    </div>
  );
}

/** What is unsaved is sent while the page goes away; only what cannot be sent asks to stay. */
function useLeaving(session: Session): void {
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (!session.saver.leave()) event.preventDefault();
    };
    const onHide = () => {
      if (document.visibilityState === "hidden") void session.saver.flush();
    };
    window.addEventListener("beforeunload", onLeave);
    document.addEventListener("visibilitychange", onHide);
    return () => {
      window.removeEventListener("beforeunload", onLeave);
      document.removeEventListener("visibilitychange", onHide);
    };
  }, [session]);
}
