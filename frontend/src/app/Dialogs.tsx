import { lazy, Suspense } from "react";
import { useStore } from "zustand";
import { takeImported } from "./imported";
import { useSession, useUi } from "./session";

const panels = () => import("./panels");
const AddDialog = lazy(() => panels().then((m) => ({ default: m.AddDialog })));
const ConflictDialog = lazy(() => panels().then((m) => ({ default: m.ConflictDialog })));
const ConnectDialog = lazy(() => panels().then((m) => ({ default: m.ConnectDialog })));
const DiffDialog = lazy(() => panels().then((m) => ({ default: m.DiffDialog })));
const ImportDialog = lazy(() => panels().then((m) => ({ default: m.ImportDialog })));
const PublishDialog = lazy(() => panels().then((m) => ({ default: m.PublishDialog })));
const RestoreDialog = lazy(() => panels().then((m) => ({ default: m.RestoreDialog })));
const RunDialog = lazy(() => panels().then((m) => ({ default: m.RunDialog })));
const ShortcutsDialog = lazy(() => panels().then((m) => ({ default: m.ShortcutsDialog })));

/** The one dialog that is open, if any; a conflict comes before all others. */
export function Dialogs() {
  const session = useSession();
  const dialog = useUi((ui) => ui.dialog);
  const hasLeft = useStore(session.left, (left) => left.length > 0);
  const close = () => session.ui.getState().show(null);
  return (
    <Suspense fallback={null}>
      <ConflictDialog />
      {hasLeft ? <RestoreDialog /> : null}
      {dialog?.kind === "publish" ? <PublishDialog /> : null}
      {dialog?.kind === "run" ? <RunDialog /> : null}
      {dialog?.kind === "shortcuts" ? <ShortcutsDialog /> : null}
      {dialog?.kind === "diff" ? <DiffDialog from={dialog.from} to={dialog.to} /> : null}
      {dialog?.kind === "connect" ? <ConnectDialog from={dialog.from} port={dialog.port} /> : null}
      {dialog?.kind === "add" ? <AddDialog at={dialog.at} from={dialog.from} into={dialog.into} /> : null}
      {dialog?.kind === "import" ? (
        <ImportDialog
          client={session.api.client}
          into="Put into this draft"
          onClose={close}
          onInto={(document) => takeImported(session, document)}
        />
      ) : null}
    </Suspense>
  );
}
