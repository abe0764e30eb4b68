import { type ComponentType, createContext, useContext } from "react";
import type { Problem, Schema, ShapeSchema } from "@/shared/types";
import type { FieldProps } from "./fields/props";
import type { FieldKind } from "./schema";

export interface FormContextValue {
  root: Schema;
  /** The node whose config this is; null for forms without templates, such as settings. */
  nodeId: string | null;
  /** What the record looks like that reaches the node. */
  shape: ShapeSchema | null;
  problems: Problem[];
  idPrefix: string;
}

export const FormContext = createContext<FormContextValue>({
  root: {},
  nodeId: null,
  shape: null,
  problems: [],
  idPrefix: "form",
});

export type Widgets = Record<FieldKind, ComponentType<FieldProps>>;

/** The input of each kind of field; `Form` fills it in. */
export const WidgetContext = createContext({} as Widgets);

export const useForm = () => useContext(FormContext);

/** The problems of exactly this field; those of a part inside it are shown at the part. */
export function useFieldProblems(path: string): Problem[] {
  const { problems } = useForm();
  return problems.filter((problem) => problem.field === path);
}

export function fieldId(prefix: string, path: string): string {
  return `${prefix}-${path.replace(/[^A-Za-z0-9_-]/g, "_")}`;
}
