import type { GraphNode } from '../graph/node.js';
import type { TensorType } from '../tensors/constant.js';

/** NumPy's broadcast of several shapes. */
export function broadcastShapes(node: GraphNode, shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map(shape => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const lead = rank - shape.length;
    shape.forEach((extent, index) => {
      const present = result[lead + index];
      if (present === 1) result[lead + index] = extent;
      else if (extent !== 1 && extent !== present) {
        throw node.error(`shapes ${shapes.map(shapeText).join(' and ')} cannot be broadcast together`);
      }
    });
  }
  return result;
}

/** Result of an element-wise operator over all inputs that are there; the element type is that of input `like`. */
export function broadcastInputs(node: GraphNode, like = 0): TensorType {
  const shapes = node.inputs.flatMap((value, index) => (value === undefined ? [] : [node.shape(index)]));
  return { elementType: node.type(like).elementType, shape: broadcastShapes(node, shapes) };
}

export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((extent, index) => extent === right[index]);
}

/** Distance between neighbours along each dimension, row-major; 0 along dimensions that are broadcast to `target`. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let distance = 1;
  for (let index = shape.length - 1; index >= 0; index--) {
    if (shape[index] !== 1) strides[index + target.length - shape.length] = distance;
    distance *= shape[index];
  }
  return strides;
}
