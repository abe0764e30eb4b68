import { useStore } from "zustand";
import { Liveness } from "@/features/runs/RecentRuns";
import { dryRun, redo, undo } from "@/session/actions";
import { hasEdits } from "@/session/documentStore";
import { useDocument, useSession, useUi } from "@/session/session";
import type { Tab } from "@/session/uiStore";
import { Icon } from "@/shared/ui/Icon";
import { FlowSwitch } from "./FlowSwitch";
import { PublishButton } from "./PublishButton";
import { SaveState } from "./SaveState";

/** The bar above the drawing: what flow this is, its state, and what can be done with it. */
export function Toolbar() {
  const session = useSession();
  const name = useDocument((document) => document.name);
  const flow = useStore(session.flow);
  const isEdited = useStore(session.documents, hasEdits);
  const version = flow.published_version;
  const isAhead = flow.has_unpublished_changes || isEdited;
  return (
    <header className="hf-toolbar">
      {session.may.edit ? (
        <IconButton icon="layout-sidebar" label="Node list" onClick={() => togglePalette(session)} />
      ) : null}
      <div className="hf-title">
        <button type="button" className="hf-title-name" onClick={() => session.ui.getState().open("flow")}>
          {name || "Flow without a name"}
        </button>
        <div className="hf-title-state">
          <span
            className={`badge ${version == null ? "bg-secondary-lt" : isAhead ? "bg-yellow-lt" : "bg-green-lt"}`}
          >
            {version == null ? "Draft" : isAhead ? `Draft ahead of version ${version}` : `Version ${version}`}
          </span>
          <SaveState />
        </div>
      </div>
      <UndoButtons />
      <div className="hf-toolbar-end">
        <LiveHint />
        {session.may.run ? (
          <button
            type="button"
            className="btn"
            onClick={() => void dryRun(session)}
            title="Try the draft without touching anything outside"
          >
            <Icon name="flask" /> <span className="hf-wide">Dry run</span>
          </button>
        ) : null}
        <FlowSwitch />
        <PublishButton />
        <MoreMenu />
      </div>
    </header>
  );
}

function togglePalette(session: ReturnType<typeof useSession>) {
  session.ui.setState((ui) => ({ isPaletteOpen: !ui.isPaletteOpen }));
}

function LiveHint() {
  const session = useSession();
  const isShown = useStore(session.live.store, (state) => state.isShown);
  const liveness = useStore(session.live.run.store, (state) => state.liveness);
  const status = useStore(session.live.run.store, (state) => state.run?.status);
  if (!isShown) return null;
  return (
    <button
      type="button"
      className="btn btn-ghost-secondary"
      onClick={() => session.ui.getState().open("test")}
    >
      {status ? <span>Run {status}</span> : null} <Liveness state={liveness} />
    </button>
  );
}

function UndoButtons() {
  const session = useSession();
  const past = useStore(session.documents, (state) => state.past);
  const future = useStore(session.documents, (state) => state.future);
  return (
    <div className="btn-group hf-undo">
      <IconButton
        icon="arrow-back-up"
        label={past.length > 0 ? `Undo: ${past.at(-1)?.name}` : "Nothing to undo"}
        isOff={past.length === 0}
        onClick={() => undo(session)}
      />
      <IconButton
        icon="arrow-forward-up"
        label={future.length > 0 ? `Redo: ${future[0]?.name}` : "Nothing to redo"}
        isOff={future.length === 0}
        onClick={() => redo(session)}
      />
    </div>
  );
}

interface IconButtonProps {
  icon: string;
  label: string;
  isOff?: boolean;
  onClick: () => void;
}

function IconButton({ icon, label, isOff = false, onClick }: IconButtonProps) {
  return (
    // aria-disabled keeps the focus where it is when the last step was undone.
    <button
      type="button"
      className={`btn btn-icon btn-ghost-secondary ${isOff ? "disabled-look" : ""}`}
      aria-label={label}
      title={label}
      aria-disabled={isOff}
      onClick={onClick}
    >
      <Icon name={icon} size={20} />
    </button>
  );
}

const MENU: [tab: Tab, icon: string, label: string][] = [
  ["outline", "list-tree", "Outline"],
  ["history", "history", "History of this session"],
  ["versions", "versions", "Versions"],
  ["test", "flask", "Test and runs"],
  ["flow", "settings", "Flow settings"],
];

function MoreMenu() {
  const session = useSession();
  const tab = useUi((ui) => ui.tab);
  const ui = session.ui.getState();
  return (
    <div className="dropdown">
      <button type="button" className="btn btn-icon" data-bs-toggle="dropdown" aria-label="More">
        <Icon name="dots-vertical" />
      </button>
      <div className="dropdown-menu dropdown-menu-end">
        {MENU.map(([name, icon, label]) => (
          <button
            key={name}
            type="button"
            className={`dropdown-item ${tab === name ? "active" : ""}`}
            onClick={() => ui.open(name)}
          >
            <Icon name={icon} className="me-2" /> {label}
          </button>
        ))}
        <div className="dropdown-divider" />
        <a className="dropdown-item" href={session.api.exportUrl("draft")} download>
          <Icon name="file-export" className="me-2" /> Export
        </a>
        <button
          type="button"
          className="dropdown-item"
          hidden={!session.may.edit}
          onClick={() => ui.show({ kind: "import" })}
        >
          <Icon name="file-import" className="me-2" /> Import…
        </button>
        <button type="button" className="dropdown-item" onClick={() => ui.show({ kind: "shortcuts" })}>
          <Icon name="keyboard" className="me-2" /> Keys
        </button>
      </div>
    </div>
  );
}
