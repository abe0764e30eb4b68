import { Suspense } from "react";
import { useStore } from "zustand";
import { takeImported } from "@/session/publishing";
import { type May, type Session, useSession, useUi } from "@/session/session";
import type { DialogName } from "@/session/uiStore";
import { lazyPanel } from "./lazyPanel";

const AddDialog = lazyPanel("AddDialog");
const ConflictDialog = lazyPanel("ConflictDialog");
const ConnectDialog = lazyPanel("ConnectDialog");
const DiffDialog = lazyPanel("DiffDialog");
const ImportDialog = lazyPanel("ImportDialog");
const PublishDialog = lazyPanel("PublishDialog");
const RestoreDialog = lazyPanel("RestoreDialog");
const RunDialog = lazyPanel("RunDialog");
const ShortcutsDialog = lazyPanel("ShortcutsDialog");

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
          onClose={close}
          onInto={(document) => takeImported(session, document)}
        />
      ) : null}
    </Suspense>
  );
}
