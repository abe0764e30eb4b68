import { useStore } from "zustand";
import { useChecks, useSession } from "@/app/session";
import { hasEdits } from "@/features/history/documentStore";
import { count } from "@/shared/format";
import { Icon } from "@/shared/ui/Icon";

/** The button is the state: what is wrong, nothing new, or ready to go. */
export function PublishButton() {
  const session = useSession();
  const flow = useStore(session.flow);
  const { ok, problems } = useChecks((state) => state);
  const isEdited = useStore(session.documents, hasEdits);
  const [first, ...others] = problems.filter((problem) => problem.severity === "error");
  const errors = first ? others.length + 1 : 0;
  const why = first ? `Fix the problems first: ${first.message} ${first.hint}`.trim() : "Checking the flow…";
  const hasNews = flow.published_version == null || flow.has_unpublished_changes || isEdited;
  const ui = session.ui.getState();
  return (
    <div className="btn-list flex-nowrap">
      {problems.length > 0 ? (
        <button
          type="button"
          className={`btn ${errors > 0 ? "btn-outline-danger" : "btn-outline-warning"}`}
          aria-label={`Show ${count(problems.length, "problem")}`}
          onClick={() => ui.open("problems")}
        >
          <Icon name="alert-triangle" />
          <span className="hf-wide">{count(problems.length, "problem")}</span>
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
