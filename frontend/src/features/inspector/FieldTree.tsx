import { fieldsOf, typeName } from "@/graph/shapes";
import type { ShapeSchema } from "@/shared/types";
import { useKnownField } from "./useKnownField";

/** The fields of the record that comes in. Choosing one writes it into the field that was used last, or copies it. */
export function FieldTree({ node, shape }: { node: string; shape: ShapeSchema }) {
  const choose = useKnownField(node);
  const fields = fieldsOf(shape);
  if (fields.length === 0) return null;
  return (
    <details className="hf-more">
      <summary>What comes in ({fields.length})</summary>
      <Branch shape={shape} path={[]} depth={4} onChoose={choose} />
    </details>
  );
}

interface BranchProps {
  shape: ShapeSchema;
  path: string[];
  depth: number;
  onChoose: (path: readonly string[]) => void;
}

function Branch({ shape, path, depth, onChoose }: BranchProps) {
  return (
    <ul className="hf-tree">
      {fieldsOf(shape).map((field) => {
        const step = shape.type === "array" ? ["0", field.name] : [field.name];
        const inner = fieldsOf(field.shape).length > 0 && depth > 0;
        return (
          <li key={field.name}>
            <button
              type="button"
              className="hf-tree-field"
              title={field.shape.description}
              // The field that is being written keeps its cursor.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onChoose([...path, ...step])}
            >
              <code>{field.name}</code> <small>{typeName(field.shape)}</small>
            </button>
            {inner ? (
              <Branch shape={field.shape} path={[...path, ...step]} depth={depth - 1} onChoose={onChoose} />
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
