import { useStore } from "zustand";
import { useSession } from "@/session/session";
import { relativeTime } from "@/shared/format";
import { StatusBadge } from "@/shared/ui/StatusBadge";

/** Runs of this flow as they come; choosing one shows it on the drawing. */
export function RecentRuns() {
  const session = useSession();
  const { runs, liveness, isShown } = useStore(session.live.store);
  const shown = useStore(session.live.run.store, (state) => state.runId);
  return (
    <section aria-label="Recent runs">
      <h3 className="hf-heading">
        Runs
        <Liveness state={liveness} />
        {isShown ? (
          <button
            type="button"
            className="btn btn-sm btn-ghost-secondary ms-auto"
            onClick={() => session.live.hide()}
          >
            Clear the drawing
          </button>
        ) : null}
      </h3>
      {runs.length === 0 ? <p className="text-secondary small">No run yet.</p> : null}
      <ul className="list-unstyled">
        {runs.slice(0, 15).map((run) => (
          <li key={run.id} className="d-flex align-items-center gap-1">
            <button
              type="button"
              className={`hf-entry ${isShown && shown === run.id ? "is-chosen" : ""}`}
              aria-pressed={isShown && shown === run.id}
              onClick={() => session.live.show(run.id)}
            >
              <StatusBadge status={run.status} />{" "}
              <span className="text-secondary small">{relativeTime(run.created_at)}</span>
              {run.subject ? (
                <span className="text-truncate" title={run.subject}>
                  {run.subject}
                </span>
              ) : null}
            </button>
            <a className="btn btn-sm btn-ghost-primary" href={`/runs/${run.id}/`}>
              Open
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Whether what is shown is live: in words, not by colour alone. */
export function Liveness({ state }: { state: "connecting" | "live" | "offline" }) {
  const words = { connecting: "connecting…", live: "live", offline: "not live" }[state];
  return (
    <output className={`hf-liveness is-${state}`} data-liveness={state}>
      <span className="hf-liveness-dot" aria-hidden="true" /> {words}
    </output>
  );
}
