import fc from 'fast-check';
import type { Network, NumericArray, Operator, Quantization, TensorData } from '@autodnnchip/core';
import { chipEngines, type ChipOfTests } from '../support/chip-engines.js';
import { sketchNetwork, type TensorSketch } from '../network-passes/network-under-test.js';

/** Draws of one case: `integer(low, high)` inclusive. */
export interface Draw {
  integer(low: number, high: number): number;
  pick<T>(values: readonly T[]): T;
}

/** Draws from a fast-check generator, so that failing cases shrink. */
export function drawFrom(gen: fc.GeneratorValue): Draw {
  const integer = (low: number, high: number): number => gen(fc.integer, { min: low, max: high });
  return { integer, pick: values => values[integer(0, values.length - 1)] };
}

/** Any legal configuration, small buffers more often than large ones. */
export function randomConfiguration(draw: Draw): ChipOfTests {
  const channelBlock = draw.pick([4, 8, 12, 16, 20, 24, 32]);
  const depth = (low: number, high: number): number =>
    low + Math.floor((high - low) * (draw.integer(0, 100) / 100) ** 2);
  const factor = draw.integer(1, 4);
  const convRequantizeDivider = draw.pick([1, 2, 4]);
  const laneBlocks = draw.pick([1, 2, 4]);
  const laneRequantizeDivider = draw.pick([1, 2, 4]);
  return {
    engines: chipEngines,
    channelBlock,
    outputParallelism: channelBlock * factor,
    busBytes: draw.pick([4, 8, 16, 32].filter(bytes => channelBlock % bytes === 0)),
    laneBlocks,
    laneMultiply: draw.integer(0, 1),
    convRequantizeDivider,
    laneRequantizeDivider,
    activationDepth: depth(16, 1200),
    weightDepth: depth(16, 300),
    convParameterDepth: depth(factor * convRequantizeDivider, 64),
    partialSumDepth: depth(2, 70),
    convOutputDepth: depth(16, 400),
    laneInputDepth: depth(32, 400),
    laneWeightDepth: depth(16, 80),
    laneParameterDepth: depth(laneBlocks * laneRequantizeDivider, 64),
    laneOutputDepth: depth(16, 400),
    burstBeats: draw.pick([2, 16, 64]),
    outstandingReads: draw.integer(1, 8),
    queueDepth: draw.integer(1, 6),
    programBlock: draw.integer(4, 40),
  };
}

/** A feature map that following operators may read. */
interface Value {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly type: 'int8' | 'uint8';
  readonly quantization: Quantization;
}

/** Builds a quantised network operator by operator. */
class NetworkDraft {
  readonly tensors: Record<string, TensorSketch> = {};
  readonly operators: Omit<Operator, 'name' | 'sourceType'>[] = [];
  readonly values: Value[] = [];

  constructor(readonly draw: Draw) {}

  quantization(type: 'int8' | 'uint8'): Quantization {
    const zeroPoint = type === 'int8' ? this.draw.integer(-128, 127) : this.draw.integer(0, 255);
    return { scales: Float32Array.of(this.draw.integer(1, 4000) / 50000), zeroPoints: Int32Array.of(zeroPoint) };
  }

  add(channels: number, height: number, width: number, like?: Pick<Value, 'type' | 'quantization'>): Value {
    const type = like?.type ?? this.draw.pick(['int8', 'uint8'] as const);
    const value = {
      name: `t${Object.keys(this.tensors).length}`,
      channels,
      height,
      width,
      type,
      quantization: like?.quantization ?? this.quantization(type),
    };
    this.tensors[value.name] = { shape: [1, channels, height, width], type, quantization: value.quantization };
    this.values.push(value);
    return value;
  }

  constant(
    name: string,
    shape: readonly number[],
    type: 'int8' | 'uint8' | 'int32',
    quantization?: Quantization,
  ): string {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const data: TensorData =
      type === 'int8' ? new Int8Array(count) : type === 'uint8' ? new Uint8Array(count) : new Int32Array(count);
    let state = this.draw.integer(1, 2 ** 30) | 1;
    for (let index = 0; index < count; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      data[index] = type === 'int32' ? state >> 18 : state >> 7;
    }
    this.tensors[name] = { shape, type, data, ...(quantization === undefined ? {} : { quantization }) };
    return name;
  }

  finish(): Network {
    return sketchNetwork(this.tensors, this.operators);
  }
}

/** A network of a few random layers and its input. */
export function randomNetwork(draw: Draw): { network: Network; inputs: Map<string, NumericArray> } {
  const draft = new NetworkDraft(draw);
  const input = draft.add(draw.integer(1, 36), draw.integer(1, 11), draw.integer(1, 11));
  const layers = draw.integer(1, 4);
  for (let layer = 0; layer < layers; layer++) {
    const x = draw.integer(0, 3) === 0 ? draw.pick(draft.values) : draft.values[draft.values.length - 1];
    draw.pick([
      addConv,
      addConv,
      addDepthwise,
      addGrouped,
      addPool,
      addMean,
      addSum,
      addConcat,
      addReorg,
      addRequantize,
      addFullyConnected,
    ])(draft, x);
  }
  const network = draft.finish();
  const count = input.channels * input.height * input.width;
  const data = input.type === 'int8' ? new Int8Array(count) : new Uint8Array(count);
  for (let index = 0; index < count; index++) data[index] = (index * 7919) ^ (index >> 3);
  return {
    network,
    inputs: new Map([
      [input.name, { shape: [1, input.channels, input.height, input.width], elementType: input.type, data }],
    ]),
  };
}

function windowFor(
  draft: NetworkDraft,
  x: Value,
  largest: number,
): {
  kernel: [number, number];
  stride: [number, number];
  dilation: [number, number];
  padding: [number, number, number, number];
  height: number;
  width: number;
} {
  const { draw } = draft;
  const axis = (
    extent: number,
  ): { kernel: number; stride: number; dilation: number; before: number; after: number; output: number } => {
    const dilation = draw.integer(0, 4) === 0 ? 2 : 1;
    const kernel = draw.integer(1, largest);
    const reach = (kernel - 1) * dilation;
    const before = draw.integer(0, Math.min(reach, 2));
    const after = Math.max(draw.integer(0, Math.min(reach, 2)), reach + 1 - extent - before);
    if (after > reach) return { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, output: extent };
    const stride = draw.integer(1, 3);
    return {
      kernel,
      stride,
      dilation,
      before,
      after,
      output: Math.floor((extent + before + after - reach - 1) / stride) + 1,
    };
  };
  const y = axis(x.height);
  const z = axis(x.width);
  return {
    kernel: [y.kernel, z.kernel],
    stride: [y.stride, z.stride],
    dilation: [y.dilation, z.dilation],
    padding: [y.before, z.before, y.after, z.after],
    height: y.output,
    width: z.output,
  };
}

function convolution(draft: NetworkDraft, x: Value, outputChannels: number, group: number): void {
  const { draw } = draft;
  const { height, width, ...window } = windowFor(draft, x, 5);
  const index = draft.operators.length;
  const type = draw.integer(0, 3) === 0 ? 'uint8' : 'int8';
  const scales = draw.integer(0, 1) === 0 ? 1 : outputChannels;
  const shape = [outputChannels, x.channels / group, ...window.kernel];
  const weights = draft.constant(`w${index}`, shape, type, {
    scales: Float32Array.from({ length: scales }, () => draw.integer(1, 3000) / 400000),
    zeroPoints: Int32Array.from({ length: scales }, () => (type === 'uint8' ? draw.pick([0, 100, 128, 255]) : 0)),
    ...(scales === 1 ? {} : { axis: 0 }),
  });
  const bias = draw.integer(0, 1) === 0 ? [] : [draft.constant(`b${index}`, [outputChannels], 'int32')];
  const y = draft.add(outputChannels, height, width);
  const clamp = draw.integer(0, 2) === 0 ? { clamp: { low: draw.integer(-20, 10), high: draw.integer(20, 300) } } : {};
  draft.operators.push({
    kind: 'conv',
    inputs: [x.name, weights, ...bias],
    outputs: [y.name],
    attributes: { ...window, group, ...clamp },
  });
}

function addConv(draft: NetworkDraft, x: Value): void {
  convolution(draft, x, draft.draw.integer(1, 70), 1);
}

function addDepthwise(draft: NetworkDraft, x: Value): void {
  convolution(draft, x, x.channels * draft.draw.pick([1, 1, 2, 3]), x.channels);
}

function addGrouped(draft: NetworkDraft, x: Value): void {
  const groups = draft.draw.pick([2, 3, 4, 5, 8].filter(count => x.channels % count === 0).concat(1));
  convolution(draft, x, groups * draft.draw.integer(1, 14), groups);
}

function addPool(draft: NetworkDraft, x: Value): void {
  const { height, width, ...window } = windowFor(draft, x, 3);
  const y = draft.add(x.channels, height, width, x);
  draft.operators.push({ kind: 'maxPool', inputs: [x.name], outputs: [y.name], attributes: window });
}

function addMean(draft: NetworkDraft, x: Value): void {
  const y = draft.add(x.channels, 1, 1);
  draft.operators.push({ kind: 'globalAveragePool', inputs: [x.name], outputs: [y.name], attributes: {} });
}

function addSum(draft: NetworkDraft, x: Value): void {
  const other = draft.draw.pick(
    draft.values.filter(value => value.channels === x.channels && value.height === x.height && value.width === x.width),
  );
  const y = draft.add(x.channels, x.height, x.width);
  draft.operators.push({
    kind: 'binary',
    inputs: [x.name, other.name],
    outputs: [y.name],
    attributes: { function: 'add' },
  });
}

function addConcat(draft: NetworkDraft, x: Value): void {
  const fitting = draft.values.filter(value => value.height === x.height && value.width === x.width);
  const parts = Array.from({ length: draft.draw.integer(1, 3) }, () => draft.draw.pick(fitting));
  const y = draft.add(
    parts.reduce((sum, part) => sum + part.channels, 0),
    x.height,
    x.width,
    draft.draw.integer(0, 1) === 0 ? x : undefined,
  );
  draft.operators.push({
    kind: 'concat',
    inputs: parts.map(part => part.name),
    outputs: [y.name],
    attributes: { axis: 1 },
  });
}

function addReorg(draft: NetworkDraft, x: Value): void {
  const block = draft.draw.pick([1, 2, 3].filter(size => x.height % size === 0 && x.width % size === 0));
  const y = draft.add(x.channels * block * block, x.height / block, x.width / block, x);
  draft.operators.push({
    kind: 'spaceToDepth',
    inputs: [x.name],
    outputs: [y.name],
    attributes: { block, order: draft.draw.pick(['blocksFirst', 'channelsFirst'] as const) },
  });
}

function addRequantize(draft: NetworkDraft, x: Value): void {
  const y = draft.add(x.channels, x.height, x.width);
  draft.operators.push({ kind: 'requantize', inputs: [x.name], outputs: [y.name], attributes: {} });
}

function addFullyConnected(draft: NetworkDraft, x: Value): void {
  const { draw } = draft;
  const index = draft.operators.length;
  const length = x.channels * x.height * x.width;
  const flat = `flat${index}`;
  draft.tensors[flat] = { shape: [1, length], type: x.type, quantization: x.quantization };
  draft.operators.push({ kind: 'reshape', inputs: [x.name], outputs: [flat], attributes: {} });
  const outputs = draw.integer(1, 40);
  const weights = draft.constant(`w${index}`, [outputs, length], 'int8', {
    scales: Float32Array.of(draw.integer(1, 3000) / 400000),
    zeroPoints: Int32Array.of(0),
  });
  const y = draft.add(outputs, 1, 1);
  // Not among the feature maps.
  draft.values.pop();
  draft.tensors[y.name] = { ...draft.tensors[y.name], shape: [1, outputs] };
  draft.operators.push({ kind: 'fullyConnected', inputs: [flat, weights], outputs: [y.name], attributes: {} });
  // Back to a feature map, so that any layer may follow.
  const map = draft.add(outputs, 1, 1, y);
  draft.operators.push({ kind: 'reshape', inputs: [y.name], outputs: [map.name], attributes: {} });
}
