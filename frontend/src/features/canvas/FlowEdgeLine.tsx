import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { deleteSelection } from "@/app/actions";
import { useSession } from "@/app/session";
import { useNodeState } from "@/features/runs/useNodeState";
import { Icon } from "@/shared/ui/Icon";
import { useCanvasMode } from "./mode";

/** A wire. It is coloured when the shown run went along it. */
export const FlowEdgeLine = memo(function FlowEdgeLine(props: EdgeProps) {
  const session = useSession();
  const { isReadOnly } = useCanvasMode();
  const [path, x, y] = getBezierPath(props);
  const from = useNodeState(props.source);
  const wasTaken = from?.port != null && from.port === props.sourceHandleId;
  const className = [
    wasTaken ? "is-taken" : from ? "is-untaken" : "",
    props.sourceHandleId === "error" ? "is-error" : "",
  ];
  return (
    <>
      <BaseEdge path={path} className={className.join(" ")} interactionWidth={30} />
      {props.selected && !isReadOnly ? (
        <EdgeLabelRenderer>
          <button
            type="button"
            className="hf-edge-delete nodrag nopan"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
            aria-label="Delete this wire"
            onClick={() => deleteSelection(session)}
          >
            <Icon name="x" size={14} />
          </button>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});
