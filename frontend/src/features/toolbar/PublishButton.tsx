import { useStore } from "zustand";
import { toneOf, useProblems } from "@/session/calm";
import { hasEdits } from "@/session/documentStore";
import { useChecks, useSession } from "@/session/session";
import { count } from "@/shared/format";
import { Icon } from "@/shared/ui/Icon";

const TONES = { error: "btn-outline-danger", warning: "btn-outline-warning", calm: "btn-outline-secondary" };

/** The button is the state: what is wrong, nothing new, or ready to go. */
export function PublishButton() {
  const session = useSession();
  const flow = useStore(session.flow);
  const ok = useChecks((state) => state.ok);
  const error = useChecks((state) => state.error);
  const problems = useProblems();
  const tone = toneOf(problems);
  const isMild = problems.every((problem) => problem.severity === "warning");
  const told = count(problems.length, isMild ? "warning" : "problem");
  const isEdited = useStore(session.documents, hasEdits);
  const first = problems.find((problem) => problem.severity === "error");
  const why = first
    ? `Fix the problems first: ${first.message} ${first.hint}`.trim()
    : error || "Checking the flow…";
  const hasNews = flow.published_version == null || flow.has_unpublished_changes || isEdited;
  const ui = session.ui.getState();
  return (
    <div className="btn-list flex-nowrap">
      {problems.length > 0 ? (
        <button
          type="button"
          className={`btn ${TONES[tone]}`}
          aria-label={`Show ${told}`}
          onClick={() => ui.open("problems")}
        >
          <Icon name={tone === "calm" ? "pencil" : "alert-triangle"} />
          <span className="hf-wide">{tone === "calm" ? `${problems.length} to fill in` : told}</span>
          <span className="hf-narrow">{problems.length}</span>
        </button>
      ) : null}
      <button
        type="button"
        className="btn btn-primary"
        hidden={!session.may.publish}
        disabled={ok !== true || !hasNews}
        title={ok !== true ? why : hasNews ? "" : "Everything is published."}
        onClick={() => ui.show({ kind: "publish" })}
      >
        <Icon name="rocket" /> Publish
      </button>
    </div>
  );
}
