import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { type Refusal, refuse } from '../graph/value.js';

/** A part of a tensor: its first element and its extents. */
export interface Part {
  readonly starts: readonly number[];
  readonly counts: readonly number[];
}

/** Makes result `index` of a node the given part of its first input: a padding by negative amounts. */
export function emitCrop(
  node: GraphNode,
  build: NodeBuilder,
  { starts, counts }: Part,
  index = 0,
): Refusal | undefined {
  const shape = node.shape(0);
  if (counts.some(count => count === 0)) return refuse('it leaves nothing of its input');
  const after = shape.map((extent, axis) => starts[axis] + counts[axis] - extent);
  const part = build.results.length > 1 ? `part ${index}` : undefined;
  return build.emit(
    'pad',
    [build.input(0)],
    [build.output(index)],
    { before: starts.map(start => (start === 0 ? 0 : -start)), after, value: 0 },
    part,
  );
}
