import type { Quantization } from '@autodnnchip/core';
import { unusableQuantization } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { type Refusal, refuse } from '../graph/value.js';
import { limits } from '../limits.js';
import type { TensorType } from '../tensors/constant.js';

/** Places of a quantised tensor's parameters among the inputs of a node. */
export interface QuantizationInputs {
  readonly scale: number;
  readonly zeroPoint: number;
  /** Dimension of the tensor that parameters with several entries run along. */
  readonly axis?: number;
}

/**
 * Reads the parameters of one tensor. Undefined when the model came without them; a refusal when they are computed,
 * as in dynamic quantisation.
 */
export function readQuantization(
  node: GraphNode,
  places: QuantizationInputs,
  tensor: TensorType,
): Quantization | Refusal | undefined {
  const scale = node.constant(places.scale);
  const zeroPoint = node.constant(places.zeroPoint);
  if (scale === undefined || (zeroPoint === undefined && node.has(places.zeroPoint))) {
    node.input(places.scale);
    return refuse(
      'its quantisation parameters are computed while it runs (dynamic quantisation); quantise the network statically',
    );
  }
  const count = scale.size;
  if (zeroPoint !== undefined && zeroPoint.size !== count)
    throw problem(node, `has ${count} scales and ${zeroPoint.size} zero points`);
  if (zeroPoint !== undefined && zeroPoint.elementType !== tensor.elementType) {
    throw problem(node, `has zero points of type ${zeroPoint.elementType} for a tensor of type ${tensor.elementType}`);
  }
  if (count > limits.scales) throw problem(node, `has ${count} scales for one tensor`);
  const perAxis = count !== 1;
  if (perAxis && (places.axis === undefined || tensor.shape[places.axis] !== count)) {
    throw problem(
      node,
      `has ${count} scales for a tensor of shape [${tensor.shape.join(', ')}]${places.axis === undefined ? '' : ` along dimension ${places.axis}`}`,
    );
  }
  const scales = scale.numbers();
  const zeroPoints = zeroPoint === undefined ? new Array<number>(count).fill(0) : zeroPoint.numbers();
  if (scales === undefined || zeroPoints === undefined) return undefined;
  if (!scales.every(value => value > 0 && Number.isFinite(value)))
    throw problem(node, 'has a scale that is not a positive number');
  return {
    scales: Float32Array.from(scales),
    zeroPoints: Int32Array.from(zeroPoints),
    ...(perAxis && places.axis !== undefined ? { axis: places.axis } : {}),
  };
}

/** Whether two quantisations mean the same, bit for bit. */
export function sameQuantization(left: Quantization, right: Quantization): boolean {
  return (
    left.axis === right.axis &&
    left.scales.length === right.scales.length &&
    left.scales.every((scale, index) => scale === right.scales[index]) &&
    left.zeroPoints.every((zeroPoint, index) => zeroPoint === right.zeroPoints[index])
  );
}

export function quantizationText(quantization: Quantization): string {
  return quantization.scales.length === 1
    ? `scale ${quantization.scales[0]} and zero point ${quantization.zeroPoints[0]}`
    : `${quantization.scales.length} scales along dimension ${quantization.axis} (first ${quantization.scales[0]})`;
}

function problem(node: GraphNode, what: string): Error {
  return unusableQuantization(
    node.file,
    node.name,
    `${node.operator} ${what}`,
    'Quantise the model again, for instance with onnxruntime.quantization.quantize_static.',
  );
}
