import { useSession } from "@/app/session";
import { fieldsOf, type ShapeSchema, typeName } from "@/graph/shapes";
import { writePath } from "@/graph/templates";

/** The fields of the record that comes in. Choosing one copies it as `{{ path }}`. */
export function FieldTree({ shape }: { shape: ShapeSchema }) {
  const fields = fieldsOf(shape);
  if (fields.length === 0) return null;
  return (
    <details className="hf-more">
      <summary>What comes in ({fields.length})</summary>
      <Branch shape={shape} path={[]} depth={4} />
    </details>
  );
}

function Branch({ shape, path, depth }: { shape: ShapeSchema; path: string[]; depth: number }) {
  const session = useSession();
  const copy = (text: string) => {
    void navigator.clipboard?.writeText(`{{ ${text} }}`);
    session.ui.getState().toast(`{{ ${text} }} is on the clipboard.`);
  };
  return (
    <ul className="hf-tree">
      {fieldsOf(shape).map((field) => {
        const step = shape.type === "array" ? ["0", field.name] : [field.name];
        const text = writePath([...path, ...step]);
        const inner = fieldsOf(field.shape).length > 0 && depth > 0;
        return (
          <li key={field.name}>
            <button
              type="button"
              className="hf-tree-field"
              title={field.shape.description}
              onClick={() => copy(text)}
            >
              <code>{field.name}</code> <small>{typeName(field.shape)}</small>
            </button>
            {inner ? <Branch shape={field.shape} path={[...path, ...step]} depth={depth - 1} /> : null}
          </li>
        );
      })}
    </ul>
  );
}
