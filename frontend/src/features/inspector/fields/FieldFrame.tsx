import type { ReactNode } from "react";
import { repaired } from "@/graph/templates";
import { useSession } from "@/session/session";
import type { Problem } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { fieldId, useForm } from "../formContext";
import type { FieldSpec } from "../schema";

interface Props {
  spec: FieldSpec;
  path: string;
  problems: Problem[];
  children: ReactNode;
  isGroup?: boolean;
  /** The text that the problems are about, for fields in which a suggestion can be taken. */
  text?: string;
  onRepair?: (text: string) => void;
}

/** Ids that tie an input to its label, help and problems. */
export function useFieldIds(path: string) {
  const { idPrefix } = useForm();
  const id = fieldId(idPrefix, path);
  return { id, helpId: `${id}-help`, problemId: `${id}-problem`, labelId: `${id}-label` };
}

export function describedBy(ids: ReturnType<typeof useFieldIds>, spec: FieldSpec, problems: Problem[]) {
  const parts = [problems.length > 0 ? ids.problemId : "", spec.help ? ids.helpId : ""].filter(Boolean);
  return {
    "aria-describedby": parts.length > 0 ? parts.join(" ") : undefined,
    "aria-invalid": problems.some((problem) => problem.severity === "error") || undefined,
    "aria-required": spec.isRequired || undefined,
  };
}

/** Label above, help and problems below. */
export function FieldFrame({ spec, path, problems, children, isGroup = false, text = "", onRepair }: Props) {
  const session = useSession();
  const ids = useFieldIds(path);
  const label = (
    <>
      {spec.label}
      {spec.isRequired ? null : <span className="form-label-description">optional</span>}
    </>
  );
  return (
    <>
      <div className="d-flex align-items-center">
        {isGroup ? (
          <span className="form-label flex-fill" id={ids.labelId}>
            {label}
          </span>
        ) : (
          <label className="form-label flex-fill" htmlFor={ids.id} id={ids.labelId}>
            {label}
          </label>
        )}
      </div>
      {children}
      <Problems
        problems={problems}
        id={ids.problemId}
        onRepair={
          onRepair &&
          ((problem) => {
            // Places in a text that has changed since are nobody's; the next answer is a moment away.
            if (session.checker.store.getState().ok !== null) onRepair(repaired(text, problem));
          })
        }
      />
      <Help spec={spec} id={ids.helpId} />
    </>
  );
}

export function Help({ spec, id }: { spec: FieldSpec; id: string }) {
  if (!spec.help) return null;
  return (
    <small className="form-hint" id={id}>
      {spec.help}
    </small>
  );
}

interface ProblemsProps {
  problems: Problem[];
  id: string;
  onRepair?: ((problem: Problem) => void) | undefined;
}

export function Problems({ problems, id, onRepair }: ProblemsProps) {
  if (problems.length === 0) return null;
  return (
    <div id={id} className="hf-problems">
      {problems.map((problem) => (
        <div
          key={problem.code + problem.message}
          className={problem.severity === "error" ? "text-danger" : "text-warning"}
        >
          <Icon name="alert-triangle" size={14} /> {problem.message} {problem.hint}
          {onRepair && problem.suggestion !== null ? (
            <button
              type="button"
              className="btn btn-sm btn-outline-primary ms-1"
              onClick={() => onRepair(problem)}
            >
              Use “{problem.suggestion}”
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
