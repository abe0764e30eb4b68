import type { ReactNode } from "react";
import type { Problem } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { fieldId, useForm } from "../formContext";
import type { FieldSpec } from "../schema";

interface Props {
  spec: FieldSpec;
  path: string;
  problems: Problem[];
  children: ReactNode;
  /** Shown beside the label. */
  aside?: ReactNode;
  isGroup?: boolean;
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
export function FieldFrame({ spec, path, problems, children, aside, isGroup = false }: Props) {
  const ids = useFieldIds(path);
  const text = (
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
            {text}
          </span>
        ) : (
          <label className="form-label flex-fill" htmlFor={ids.id} id={ids.labelId}>
            {text}
          </label>
        )}
        {aside}
      </div>
      {children}
      <Problems problems={problems} id={ids.problemId} />
      {spec.help ? (
        <small className="form-hint" id={ids.helpId}>
          {spec.help}
        </small>
      ) : null}
    </>
  );
}

export function Problems({ problems, id }: { problems: Problem[]; id: string }) {
  if (problems.length === 0) return null;
  return (
    <div id={id} className="hf-problems">
      {problems.map((problem) => (
        <div
          key={problem.code + problem.message}
          className={problem.severity === "error" ? "text-danger" : "text-warning"}
        >
          <Icon name="alert-triangle" size={14} /> {problem.message} {problem.hint}
        </div>
      ))}
    </div>
  );
}
