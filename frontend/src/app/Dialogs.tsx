import { lazy, Suspense } from "react";
import { useStore } from "zustand";
import { takeImported } from "@/session/imported";
import { type May, type Session, useSession, useUi } from "@/session/session";
import type { DialogName } from "@/session/uiStore";

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

const NEEDS: Partial<Record<DialogName["kind"], keyof May>> = {
  add: "edit",
  connect: "edit",
  import: "edit",
  publish: "publish",
  run: "run",
};

/** Whatever asked for it, a key or a double click: a dialog that could only end in a refusal does not open. */
function isAllowed(session: Session, kind: DialogName["kind"]): boolean {
  const right = NEEDS[kind];
  return right === undefined || session.may[right];
}

/** The one dialog that is open, if any; a conflict comes before all others. */
export function Dialogs() {
  const session = useSession();
  const asked = useUi((ui) => ui.dialog);
  const dialog = asked && isAllowed(session, asked.kind) ? asked : null;
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
