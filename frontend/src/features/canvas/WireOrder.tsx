/** When a wire runs among those of its output, beside the node that it leads to. */
export function WireOrder({ order, x, y }: { order: number; x: number; y: number }) {
  if (order === 0) return null;
  return (
    <g className="hf-wire-order" transform={`translate(${x} ${y})`}>
      <circle r={9} />
      <text dy="0.35em">{order}</text>
    </g>
  );
}
