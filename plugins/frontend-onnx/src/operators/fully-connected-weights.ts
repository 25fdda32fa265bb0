import type { TensorData } from '@autodnnchip/core';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { type Refusal, refuse, type Value } from '../graph/value.js';
import { Constant } from '../tensors/constant.js';
import { isFloat } from '../tensors/data-types.js';
import { pick } from '../tensors/pick.js';
import { shapeText } from './broadcast.js';

/** What has to be done to a Gemm's second matrix. */
export interface WeightChange {
  /** It is [C, K] in the file. */
  readonly transpose: boolean;
  readonly scale: number;
}

/** The weight tensor [K, C] of a `fullyConnected`. */
export function fullyConnectedWeight(build: NodeBuilder, value: Value, change: WeightChange): string | Refusal {
  const scaled = change.scale === 1 ? value : scaledConstant(build, value, change.scale);
  if (scaled === undefined) return refuse(`its alpha is ${change.scale}; only 1 is supported with quantised weights`);
  return (
    build.permutedWeight(scaled, change.transpose ? [1, 0] : [0, 1]) ?? refuse('its weights are computed while it runs')
  );
}

/** The bias tensor [K] of a `fullyConnected` from what broadcasts to the rows of the product. */
export function biasVector(
  node: GraphNode,
  build: NodeBuilder,
  index: number,
  columns: number,
  scale: number,
): string | Refusal {
  const original = node.input(index);
  if (!build.isWeight(original)) return refuse('its bias is computed while it runs');
  const value = scale === 1 ? original : scaledConstant(build, original, scale);
  if (value === undefined) return refuse(`its beta is ${scale}; only 1 is supported with a quantised bias`);
  const shape = node.shape(index);
  if (shape.length === 1 && shape[0] === columns) return build.network.use(value);
  const { constant } = value;
  const width = shape.length === 0 ? 1 : shape[shape.length - 1];
  if (constant === undefined || constant.size !== width)
    return refuse(`its bias ${shapeText(shape)} is no vector of ${columns} entries`);
  return build.network.derivedConstant(
    `${value.tensor}_vector_${columns}`,
    () =>
      new Constant(constant.elementType, [columns], () => {
        const data = constant.data();
        return data === undefined || width === columns
          ? data
          : pick(constant.elementType, data, new Uint32Array(columns));
      }),
  );
}

function scaledConstant(build: NodeBuilder, value: Value, scale: number): Value | undefined {
  const { constant } = value;
  if (constant === undefined || !isFloat(constant.elementType)) return undefined;
  return build.valueOf(
    build.network.derivedConstant(
      `${value.tensor}_times_${scale}`,
      () =>
        new Constant(constant.elementType, constant.shape, () => {
          const data = constant.data();
          return data === undefined ? undefined : scaleData(data, scale);
        }),
    ),
  );
}

function scaleData(data: TensorData, scale: number): TensorData {
  if (data instanceof Float32Array) return data.map(value => value * scale);
  return data instanceof Float64Array ? data.map(value => value * scale) : data;
}
