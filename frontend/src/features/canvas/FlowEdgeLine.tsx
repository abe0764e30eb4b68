import { BaseEdge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { useNodeState } from "@/features/runs/useNodeState";
import { useSession, useUi } from "@/session/session";
import { WireTools } from "./WireTools";

/** A wire. It is coloured when the shown run went along it, and dashed where a drop would put a node into it. */
export const FlowEdgeLine = memo(function FlowEdgeLine(props: EdgeProps) {
  const session = useSession();
  const isTouched = useUi((ui) => ui.wireAt === props.id);
  const isTarget = useUi((ui) => ui.dropWire === props.id);
  const [path, x, y] = getBezierPath(props);
  const from = useNodeState(props.source);
  const wasTaken = from?.port != null && from.port === props.sourceHandleId;
  const isSelected = props.selected === true;
  const className = [
    wasTaken ? "is-taken" : from ? "is-untaken" : "",
    props.sourceHandleId === "error" ? "is-error" : "",
    isTarget ? "is-drop" : "",
  ];
  return (
    // The tools are inside for React, so that the pointer may go from the wire to them.
    <g
      onPointerEnter={(event) => {
        if (event.pointerType === "mouse" && event.buttons === 0) session.ui.setState({ wireAt: props.id });
      }}
      onPointerLeave={() => session.ui.setState((ui) => (ui.wireAt === props.id ? { wireAt: null } : ui))}
    >
      <BaseEdge path={path} className={className.join(" ")} interactionWidth={30} />
      <WireOrder order={Number(props.data?.order ?? 0)} x={props.targetX - 26} y={props.targetY} />
      {(isTouched || isSelected) && session.may.edit ? (
        <WireTools id={props.id} x={x} y={y} isSelected={isSelected} />
      ) : null}
    </g>
  );
});

/** When a wire runs among those of its output, beside the node that it leads to. */
function WireOrder({ order, x, y }: { order: number; x: number; y: number }) {
  if (order === 0) return null;
  return (
    <g className="hf-wire-order" transform={`translate(${x} ${y})`}>
      <circle r={9} />
      <text dy="0.35em">{order}</text>
    </g>
  );
}
