import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { RunApi } from "@/api/runs";
import { nodeName } from "@/graph/model";
import { useDocument, useSession } from "@/session/session";
import { clockTime, count } from "@/shared/format";
import type { LogLine } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

/** What a program wrote counts as much as what a node says: its errors are often no more than remarks. */
const SEVERITY: Record<LogLine["level"], number> = {
  debug: 0,
  info: 1,
  stdout: 1,
  stderr: 1,
  warning: 2,
  error: 3,
};
const LEVELS = ["debug", "info", "warning", "error"] as const;
/** Lines that are drawn at once; earlier ones are one click away. */
const WINDOW = 500;

/** Lines of at least a level that hold a text. */
export function filtered(lines: readonly LogLine[], least: LogLine["level"], query: string): LogLine[] {
  const wanted = query.trim().toLowerCase();
  return lines.filter(
    (line) =>
      SEVERITY[line.level] >= SEVERITY[least] && (wanted === "" || line.text.toLowerCase().includes(wanted)),
  );
}

/** The log of the run as it is written: by level, by text, following the end until someone scrolls up. */
export function LogPanel({ api }: { api: RunApi }) {
  const session = useSession();
  const logs = useStore(session.live.run.store, (state) => state.logs);
  const [level, setLevel] = useState<LogLine["level"]>("debug");
  const [query, setQuery] = useState("");
  const [isFollowing, setIsFollowing] = useState(true);
  const [shown, setShown] = useState(WINDOW);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => filtered(logs, level, query), [logs, level, query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines, isFollowing]);
  const onScroll = () => {
    const element = box.current;
    if (element) setIsFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < 24);
  };
  const hidden = Math.max(0, lines.length - shown);
  return (
    <section className="card hf-run-log" aria-label="Log">
      <div className="card-header gap-2 flex-wrap">
        <h2 className="card-title">Log</h2>
        <select
          className="form-select form-select-sm w-auto"
          aria-label="Least level"
          value={level}
          onChange={(event) => setLevel(LEVELS[event.target.selectedIndex] ?? "debug")}
        >
          {LEVELS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <input
          type="search"
          className="form-control form-control-sm hf-log-search"
          placeholder="Filter"
          aria-label="Filter the log"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <label className="form-check form-switch mb-0">
          <input
            className="form-check-input"
            type="checkbox"
            role="switch"
            checked={isFollowing}
            onChange={(event) => setIsFollowing(event.target.checked)}
          />
          <span className="form-check-label">Follow</span>
        </label>
        <a className="btn btn-sm ms-auto" href={api.logFile()} download>
          <Icon name="download" size={16} /> Download
        </a>
      </div>
      <div
        className="hf-log"
        ref={box}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label="Log lines"
        aria-live="off"
      >
        {hidden > 0 ? (
          <button type="button" className="btn btn-sm m-2" onClick={() => setShown(shown + 2000)}>
            Show {count(hidden, "earlier line")}
          </button>
        ) : null}
        {lines.slice(-shown).map((line) => (
          <Line key={line.seq} line={line} />
        ))}
        {lines.length === 0 ? <p className="text-secondary p-3 mb-0">No line yet.</p> : null}
      </div>
    </section>
  );
}

function Line({ line }: { line: LogLine }) {
  const session = useSession();
  const name = useDocument((document) => (line.node ? nodeName(document, line.node) : ""));
  return (
    <div className={`hf-log-line is-${line.level}`}>
      <time dateTime={line.at}>{clockTime(line.at)}</time>
      <span className="hf-log-level">{line.level}</span>
      {line.node ? (
        <button
          type="button"
          className="hf-log-node"
          onClick={() => session.ui.getState().select([line.node ?? ""])}
        >
          {name}
        </button>
      ) : (
        <span className="hf-log-node" />
      )}
      <span className="hf-log-text">{line.text}</span>
    </div>
  );
}
