import type { Problem } from "@/shared/types";
import type { FieldSpec } from "../schema";

export interface FieldProps {
  spec: FieldSpec;
  /** Dotted path inside the config. */
  path: string;
  value: unknown;
  problems: Problem[];
  /** `undefined` takes the value out of the config. `at` and `label` tell of an inner part that changed. */
  onChange: (value: unknown, at?: string, label?: string) => void;
}
