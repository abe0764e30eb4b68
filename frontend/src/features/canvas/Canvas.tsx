import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  ControlButton,
  Controls,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from "@xyflow/react";
import { type FocusEvent, useCallback, useRef } from "react";
import { moveNodes, newPlaces } from "@/graph/changes";
import { GRID } from "@/graph/model";
import { apply, tidyUp } from "@/session/actions";
import { useSession } from "@/session/session";
import { useTheme } from "@/shared/hooks/useTheme";
import type { Position } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { BaseNode } from "./BaseNode";
import { FlowEdgeLine } from "./FlowEdgeLine";
import { useFlowElements } from "./useFlowElements";
import { useInserting } from "./useInserting";
import { useReveal } from "./useReveal";
import { useWiring } from "./useWiring";
import { FIT, showFirst } from "./view";

const nodeTypes = { flow: BaseNode };
const edgeTypes = { flow: FlowEdgeLine };
/** React Flow's own announcement tells the place before the move; ours tells the place after it. */
const labels = {
  "node.a11yDescription.default": "Enter chooses the node, arrow keys move it, Delete removes it.",
  "node.a11yDescription.keyboardDisabled": "Enter chooses the node, arrow keys move it, Delete removes it.",
  "node.a11yDescription.ariaLiveMessage": () => "",
  "edge.a11yDescription.default": "Enter chooses the wire, + puts a node into it, Delete removes it.",
};

/** The drawing: React Flow shows the document, and each gesture becomes a change of it. */
export function Canvas() {
  const session = useSession();
  const isReadOnly = !session.may.edit;
  const { nodes, edges, setNodes } = useFlowElements();
  const { fitView } = useReactFlow();
  const theme = useTheme();
  const wiring = useWiring();
  const { settle, ...inserting } = useInserting();
  const gesture = useRef("keys");
  useReveal();

  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      setNodes((old) => applyNodeChanges(changes, old));
      selectNodes(session, changes);
      const moved = changes.flatMap((change) =>
        change.type === "position" && change.position && !change.dragging
          ? [[change.id, change.position] as const]
          : [],
      );
      if (!isReadOnly) commitMoves(session, Object.fromEntries(moved), gesture.current);
    },
    [session, setNodes, isReadOnly],
  );
  const tidy = () => {
    tidyUp(session);
    setTimeout(() => void fitView({ ...FIT, duration: 200 }), 50);
  };
  return (
    <ReactFlow
      id="flow"
      className="hf-canvas"
      aria-label="Drawing of the flow"
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      colorMode={theme}
      ariaLabelConfig={labels}
      onNodesChange={onNodesChange}
      onEdgesChange={(changes) => selectEdges(session, changes)}
      onNodeClick={() => {
        // A node that was chosen already is asked for all the same.
        if (session.ui.getState().selected.length === 1) session.ui.getState().open("node");
      }}
      onNodeDragStart={() => {
        gesture.current = `drag-${Date.now()}`;
      }}
      onNodeDragStop={(_, node) => {
        settle(node, gesture.current);
        gesture.current = "keys";
      }}
      onSelectionDragStart={() => {
        gesture.current = `drag-${Date.now()}`;
      }}
      onFocus={(event) => noteWire(session, event)}
      onBlur={(event) => noteWire(session, event)}
      {...(isReadOnly ? {} : { ...wiring, ...inserting })}
      selectNodesOnDrag={false}
      nodesDraggable={!isReadOnly}
      nodesConnectable={!isReadOnly}
      edgesReconnectable={!isReadOnly}
      onMoveStart={() => setMoving(true)}
      onMoveEnd={(_, { zoom }) => setMoving(false, zoom)}
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={["Meta", "Control", "Shift"]}
      snapToGrid
      snapGrid={[GRID, GRID]}
      minZoom={0.1}
      maxZoom={2}
      connectionRadius={30}
      onInit={(flow) => {
        // A fit of nothing would wait for the first node and then move it away from where it was dropped.
        if (session.documents.getState().document.nodes.length > 0) void showFirst(flow);
      }}
      fitViewOptions={FIT}
      proOptions={{ hideAttribution: true }}
    >
      <Background variant={BackgroundVariant.Dots} gap={GRID} size={1.5} />
      <Controls showInteractive={false} position="bottom-left" orientation="horizontal" aria-label="View">
        {isReadOnly ? null : (
          <ControlButton onClick={tidy} title="Tidy up" aria-label="Tidy up">
            <Icon name="layout-distribute-horizontal" size={16} />
          </ControlButton>
        )}
      </Controls>
      {isReadOnly ? null : (
        <MiniMap position="bottom-right" pannable zoomable ariaLabel="Overview" nodeBorderRadius={8} />
      )}
    </ReactFlow>
  );
}

/** Below this zoom nothing small can be made out, so it is not drawn. */
const FAR = 0.45;

/** Past React, which would draw every node anew: a drawing that moves is one picture, and a far one has no details. */
function setMoving(isMoving: boolean, zoom?: number): void {
  const pane = document.querySelector(".react-flow");
  pane?.classList.toggle("is-moving", isMoving);
  if (zoom !== undefined) pane?.classList.toggle("is-far", zoom < FAR);
}

/** The wire that has the focus shows what can be done with it. */
function noteWire(session: S, event: FocusEvent): void {
  const target = event.type === "focus" ? event.target : event.relatedTarget;
  if (!(target instanceof Element) || target.closest(".hf-wire-tools")) return;
  session.ui.setState({ wireAt: target.closest<HTMLElement>(".react-flow__edge")?.dataset.id ?? null });
}

type S = ReturnType<typeof useSession>;

function selectNodes(session: S, changes: NodeChange[]): void {
  const { selected, selectedEdges, select } = session.ui.getState();
  select(picked(selected, changes), selectedEdges);
}

function selectEdges(session: S, changes: EdgeChange[]): void {
  const { selected, selectedEdges, select } = session.ui.getState();
  select(selected, picked(selectedEdges, changes));
}

function picked(before: readonly string[], changes: (NodeChange | EdgeChange)[]): string[] {
  const chosen = new Set(before);
  for (const change of changes)
    if (change.type === "select") chosen[change.selected ? "add" : "delete"](change.id);
  return [...chosen];
}

/** Drags end here, and arrow keys, which React Flow reports in no other way. */
function commitMoves(session: S, places: Record<string, Position>, gesture: string): void {
  const { document } = session.documents.getState();
  const moved = newPlaces(document, places);
  const [first] = Object.values(moved);
  if (!first) return;
  const change = moveNodes(document, moved, gesture);
  apply(session, change, `${change.name} to ${first.x}, ${first.y}.`);
}
