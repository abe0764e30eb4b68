import { EdgeLabelRenderer } from "@xyflow/react";
import { edgeById, nodeName } from "@/graph/model";
import { deleteSelection } from "@/session/actions";
import { askInsert } from "@/session/adding";
import { useDocument, useSession } from "@/session/session";
import { Icon } from "@/shared/ui/Icon";

interface Props {
  id: string;
  x: number;
  y: number;
  isSelected: boolean;
}

/** What can be done with a wire, in its middle: put a node into it; when it is chosen, also take it away. */
export function WireTools({ id, x, y, isSelected }: Props) {
  const session = useSession();
  const between = useDocument((document) => {
    const edge = edgeById(document, id);
    return edge ? `between ${nodeName(document, edge.from)} and ${nodeName(document, edge.to)}` : "";
  });
  return (
    <EdgeLabelRenderer>
      <div
        className="hf-wire-tools nodrag nopan"
        data-wire={id}
        style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
      >
        <button
          type="button"
          className="hf-wire-tool"
          title="Insert a node here"
          aria-label={`Insert a node ${between}`}
          onClick={() => askInsert(session, id)}
        >
          <Icon name="plus" size={14} />
        </button>
        {isSelected ? (
          <button
            type="button"
            className="hf-wire-tool is-danger"
            title="Delete this wire"
            aria-label="Delete this wire"
            onClick={() => deleteSelection(session)}
          >
            <Icon name="x" size={14} />
          </button>
        ) : null}
      </div>
    </EdgeLabelRenderer>
  );
}
