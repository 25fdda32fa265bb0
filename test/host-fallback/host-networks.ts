import {
  createAutoDNNchip,
  type AutoDNNchip,
  type Network,
  type NumericArray,
  type Operator,
  type Plugin,
} from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import { builder } from '@autodnnchip/plugin-builder';
import { referenceExecutor } from '@autodnnchip/plugin-executor-reference';
import { simulation } from '@autodnnchip/sim';
import { scaled, sketchNetwork, values, type TensorSketch } from '../network-passes/network-under-test.js';

export type OperatorSketch = Omit<Operator, 'name' | 'sourceType'>;

export const int8 = (...shape: number[]): TensorSketch => ({ shape, type: 'int8', quantization: scaled(0.05, 3) });
export const float = (...shape: number[]): TensorSketch => ({ shape });

export function weights(seed: number, ...shape: number[]): TensorSketch {
  const data = Int8Array.from(
    values(
      shape.reduce((count, extent) => count * extent, 1),
      seed,
    ),
    value => Math.round(value * 127),
  );
  return { shape, type: 'int8', quantization: scaled(0.01), data };
}

export function conv(x: string, w: string, y: string, kernel: number): OperatorSketch {
  const padding = (kernel - 1) / 2;
  return {
    kind: 'conv',
    inputs: [x, w],
    outputs: [y],
    attributes: {
      kernel: [kernel, kernel],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [padding, padding, padding, padding],
      group: 1,
    },
  };
}

export const quantize = (x: string, y: string): OperatorSketch => ({
  kind: 'quantize',
  inputs: [x],
  outputs: [y],
  attributes: {},
});
export const dequantize = (x: string, y: string): OperatorSketch => ({
  kind: 'dequantize',
  inputs: [x],
  outputs: [y],
  attributes: {},
});
export const softmax = (x: string, y: string): OperatorSketch => ({
  kind: 'softmax',
  inputs: [x],
  outputs: [y],
  attributes: { axis: 1 },
});
export const product = (x: string, k: string, y: string): OperatorSketch => ({
  kind: 'binary',
  inputs: [x, k],
  outputs: [y],
  attributes: { function: 'mul' },
});

/**
 * Two inputs, three outputs. The host scales the image before the chip; after it, it weighs the result with the second
 * input and the scaled image, and takes a softmax. `features` comes straight from the chip as integers, `scaled` from
 * the leading part.
 */
export function surroundedNetwork(): Network {
  const network = sketchNetwork(
    {
      image: float(1, 3, 5, 6),
      factor: { shape: [1, 3, 1, 1], data: Float32Array.of(0.5, 2, 1) },
      scaled: float(1, 3, 5, 6),
      q: int8(1, 3, 5, 6),
      w1: weights(1, 6, 3, 3, 3),
      features: int8(1, 6, 5, 6),
      w2: weights(2, 3, 6, 1, 1),
      y: int8(1, 3, 5, 6),
      z: float(1, 3, 5, 6),
      mask: float(1, 3, 5, 6),
      masked: float(1, 3, 5, 6),
      joined: float(1, 3, 5, 6),
      probabilities: float(1, 3, 5, 6),
    },
    [
      product('image', 'factor', 'scaled'),
      quantize('scaled', 'q'),
      conv('q', 'w1', 'features', 3),
      conv('features', 'w2', 'y', 1),
      dequantize('y', 'z'),
      product('z', 'mask', 'masked'),
      product('masked', 'scaled', 'joined'),
      softmax('joined', 'probabilities'),
    ],
  );
  return { ...network, inputs: ['mask', 'image'], outputs: ['probabilities', 'features', 'scaled'] };
}

export function surroundedInputs(): Map<string, NumericArray> {
  const array = (seed: number): NumericArray => ({
    shape: [1, 3, 5, 6],
    elementType: 'float32',
    data: values(90, seed),
  });
  return new Map([
    ['mask', array(7)],
    ['image', array(8)],
  ]);
}

/** Every parameter of a chip with 4 x 4 multipliers, which a simulator compiles quickly. */
export const tinyChip: Readonly<Record<string, number>> = {
  channelBlock: 4,
  outputParallelism: 4,
  busBytes: 4,
  laneBlocks: 1,
  laneMultiply: 0,
  convRequantizeDivider: 2,
  laneRequantizeDivider: 2,
  activationDepth: 512,
  weightDepth: 64,
  convParameterDepth: 32,
  partialSumDepth: 16,
  convOutputDepth: 256,
  laneInputDepth: 128,
  laneWeightDepth: 16,
  laneParameterDepth: 16,
  laneOutputDepth: 128,
  burstBeats: 16,
  outstandingReads: 2,
  queueDepth: 2,
  programBlock: 8,
};

/** What predicts, builds and simulates on `ultra96`, without a front end. */
export function framework(...further: Plugin[]): AutoDNNchip {
  return createAutoDNNchip({
    plugins: [
      referenceExecutor(),
      convAdderTree(),
      laneEngine(),
      accelShared(),
      builder(),
      simulation(),
      ultra96(),
      further,
    ],
  });
}
