import { type ComponentType, Suspense } from "react";
import { Inspector } from "@/features/inspector/Inspector";
import { ProblemList } from "@/features/problems/ProblemList";
import { toneOf, useProblems } from "@/session/calm";
import { useSession, useUi } from "@/session/session";
import type { Tab } from "@/session/uiStore";
import { Icon } from "@/shared/ui/Icon";
import { lazyPanel } from "./lazyPanel";

const FlowPanel = lazyPanel("FlowPanel");
const HistoryPanel = lazyPanel("HistoryPanel");
const Outline = lazyPanel("Outline");
const TestPanel = lazyPanel("TestPanel");
const VersionsPanel = lazyPanel("VersionsPanel");

const TABS: { tab: Tab; label: string; icon: string; Panel: ComponentType }[] = [
  { tab: "node", label: "Node", icon: "adjustments", Panel: Inspector },
  { tab: "outline", label: "Outline", icon: "list-tree", Panel: Outline },
  { tab: "problems", label: "Problems", icon: "alert-triangle", Panel: ProblemList },
  { tab: "test", label: "Test", icon: "flask", Panel: TestPanel },
  { tab: "versions", label: "Versions", icon: "versions", Panel: VersionsPanel },
  { tab: "history", label: "History", icon: "history", Panel: HistoryPanel },
  { tab: "flow", label: "Flow", icon: "settings", Panel: FlowPanel },
];

/** The panel beside the drawing; below it on a small screen. Its rail of tabs is always there. */
export function SidePanel() {
  const session = useSession();
  const tab = useUi((ui) => ui.tab);
  const all = useProblems();
  const problems = all.length;
  const open = TABS.find((entry) => entry.tab === tab);
  return (
    <aside className={`hf-side ${open ? "is-open" : ""}`} aria-label="Panel">
      <div className="hf-rail" role="tablist" aria-orientation="vertical" aria-label="Panels">
        {TABS.map(({ tab: name, label, icon }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={tab === name}
            aria-controls="panel"
            className="hf-rail-tab"
            title={label}
            onClick={() => session.ui.getState().open(tab === name ? null : name)}
          >
            <Icon name={icon} size={20} />
            <span>{label}</span>
            {name === "problems" && problems > 0 ? (
              <span className={`hf-rail-count is-${toneOf(all)}`}>{problems}</span>
            ) : null}
          </button>
        ))}
      </div>
      {open ? (
        <div className="hf-panel" role="tabpanel" id="panel" aria-labelledby={`tab-${open.tab}`}>
          <div className="hf-panel-head">
            <h2>{open.label}</h2>
            <button
              type="button"
              className="btn-close"
              aria-label="Close the panel"
              onClick={() => session.ui.getState().open(null)}
            />
          </div>
          <div className="hf-panel-scroll" key={open.tab}>
            <Suspense fallback={<p className="text-secondary p-3">Loading…</p>}>
              <open.Panel />
            </Suspense>
          </div>
        </div>
      ) : null}
    </aside>
  );
}
