import type { WindowAttributes } from '@autodnnchip/core';
import type { GraphNode } from '../graph/node.js';
import { shapeText } from './broadcast.js';
import { always, type KnownAttributes } from './rule.js';

/** Sliding window over the rows and columns (or any number of dimensions), with all padding explicit. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly output: readonly number[];
  /** Rows or columns that `ceil_mode` reads beyond the padding that the model states; already part of `after`. */
  readonly beyond: readonly number[];
}

/** What `resolveWindow` reads at every operator; `dilations` and `ceil_mode` came to some of them later. */
export const windowAttributeNames: KnownAttributes = {
  auto_pad: always,
  kernel_shape: always,
  pads: always,
  strides: always,
};

/** Resolves `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode` of a node for an input of extents `input`. */
export function resolveWindow(node: GraphNode, input: readonly number[], kernel: readonly number[]): Window {
  const rank = input.length;
  const stride = positives(node, 'strides', rank);
  const dilation = positives(node, 'dilations', rank);
  if (kernel.length !== rank || kernel.some(extent => extent < 1))
    throw node.error(`kernel ${shapeText(kernel)} does not fit ${rank} spatial dimensions`);
  const reach = kernel.map((extent, index) => (extent - 1) * dilation[index] + 1);
  const automatic = node.text('auto_pad', 'NOTSET');
  const ceil = node.integer('ceil_mode', 0) !== 0;
  const before: number[] = [];
  const after: number[] = [];
  const output: number[] = [];
  const beyond: number[] = [];
  const pads = automatic === 'NOTSET' || automatic === '' ? givenPads(node, rank) : undefined;
  for (let index = 0; index < rank; index++) {
    const [first, last] =
      pads === undefined
        ? automaticPads(node, automatic, input[index], reach[index], stride[index])
        : [pads[index], pads[index + rank]];
    const room = input[index] + first + last - reach[index];
    let count = Math.floor(room / stride[index]) + 1;
    if (ceil && pads !== undefined) {
      count = Math.ceil(room / stride[index]) + 1;
      if ((count - 1) * stride[index] >= input[index] + first) count -= 1;
    }
    if (room < 0 || count < 1)
      throw node.error(
        `kernel ${shapeText(kernel)} with dilations ${shapeText(dilation)} is larger than its padded input ${shapeText(input)}`,
      );
    const extra = Math.max(0, (count - 1) * stride[index] + reach[index] - input[index] - first - last);
    before.push(first);
    after.push(last + extra);
    beyond.push(extra);
    output.push(count);
  }
  return { kernel, stride, dilation, before, after, output, beyond };
}

/** A window over rows and columns as operators of a Network state it. */
export function windowAttributes(window: Window): WindowAttributes {
  const pair = (values: readonly number[]): readonly [number, number] => [values[0], values[1]];
  return {
    kernel: pair(window.kernel),
    stride: pair(window.stride),
    dilation: pair(window.dilation),
    padding: [window.before[0], window.before[1], window.after[0], window.after[1]],
  };
}

function positives(node: GraphNode, name: string, rank: number): readonly number[] {
  const values = node.integers(name) ?? new Array<number>(rank).fill(1);
  if (values.length !== rank || values.some(value => value < 1 || value > 2 ** 31))
    throw node.error(`${name} ${shapeText(values)} must be ${rank} positive numbers`);
  return values;
}

function givenPads(node: GraphNode, rank: number): readonly number[] {
  const pads = node.integers('pads') ?? new Array<number>(2 * rank).fill(0);
  if (pads.length !== 2 * rank || pads.some(value => value < 0 || value > 2 ** 31))
    throw node.error(`pads ${shapeText(pads)} must be ${2 * rank} numbers that are not negative`);
  return pads;
}

function automaticPads(
  node: GraphNode,
  mode: string,
  input: number,
  reach: number,
  stride: number,
): readonly [number, number] {
  if (mode === 'VALID') return [0, 0];
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER') throw node.error(`auto_pad '${mode}' does not exist`);
  const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + reach - input);
  const small = Math.floor(total / 2);
  return mode === 'SAME_UPPER' ? [small, total - small] : [total - small, small];
}
