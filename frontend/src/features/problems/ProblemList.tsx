import { nodeById, nodeName } from "@/graph/model";
import { jumpTo } from "@/session/actions";
import { NOT_FILLED_IN, toneOf, useProblems } from "@/session/calm";
import { useChecks, useDocument, useSession } from "@/session/session";
import { EntryText } from "@/shared/ui/EntryText";
import { Icon } from "@/shared/ui/Icon";

const TONES = { error: "text-danger", warning: "text-warning", calm: "text-secondary" };

/** Everything that the server finds wrong, each with its way to the field. Publishing waits for the errors. */
export function ProblemList() {
  const session = useSession();
  const { ok, error } = useChecks((state) => state);
  const problems = useProblems();
  const document = useDocument((doc) => doc);
  if (error) return <div className="alert alert-danger m-3">{error}</div>;
  if (problems.length === 0) {
    return (
      <div className="hf-empty">
        <Icon
          name={ok === null ? "loader-2" : "circle-check"}
          size={32}
          className={ok === null ? "icon-spin" : "text-green"}
        />
        <p>{ok === null ? "Checking…" : "There is nothing to fix."}</p>
      </div>
    );
  }
  return (
    <ul className="list-unstyled hf-choices p-2" aria-label="Problems">
      {problems.map((problem, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two problems may be alike in everything
        <li key={index}>
          <button
            type="button"
            className="hf-entry"
            data-problem={problem.code}
            onClick={() => jumpTo(session, problem)}
          >
            <Icon name={problem.isCalm ? "pencil" : "alert-triangle"} className={TONES[toneOf([problem])]} />
            <EntryText
              name={
                <>
                  <span className="visually-hidden">
                    {problem.isCalm ? NOT_FILLED_IN : problem.severity}:{" "}
                  </span>
                  {problem.message}
                </>
              }
              summary={[place(problem.node, problem.field), problem.isCalm ? NOT_FILLED_IN : problem.hint]
                .filter(Boolean)
                .join(" · ")}
            />
          </button>
        </li>
      ))}
    </ul>
  );

  function place(node: string | null, field: string | null): string {
    if (!node) return field ?? "";
    const found = nodeById(document, node);
    const title =
      found && field ? session.types.get(found.type)?.config_schema.properties?.[field]?.title : undefined;
    return [nodeName(document, node), title ?? field].filter(Boolean).join(" › ");
  }
}
