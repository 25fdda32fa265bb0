import { multiplyAccumulatesOf, type ConvOperator, type FullyConnectedOperator, type OperatorKind, type TensorData } from '@autodnnchip/core';

import { convPartitions, convSteps } from './conv-partitions.js';
import { addHostInput, featureMapOf, refuseMoved, valueOf } from './host-conversion.js';
import type { LaneVariant, Requantization, TensorView, WeightSource, WindowGeometry } from './lowered-network.js';
import { checkWindowLimits, defineFeatureMap, type LoweringContext } from './lowering-context.js';
import { featureMapShape, quantizedTensor, storedRange, tensorOf, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';
import { identityChannelMap } from './tensor-node.js';
import { quantizedWeights, type QuantizedWeights } from './weights.js';

/** A convolution with everything that both engines need to know of it. */
interface Convolution {
  readonly name: string;
  readonly operator: OperatorKind;
  readonly x: QuantizedTensor;
  readonly y: QuantizedTensor;
  readonly channels: number;
  readonly outputChannels: number;
  readonly groups: number;
  readonly window: WindowGeometry;
  readonly weights: QuantizedWeights;
  readonly bias: TensorData | undefined;
  readonly multiplyAccumulates: number;
  readonly low: number;
  readonly high: number;
}

/** Convolution of any kernel and grouping: to the lane engine where it is depthwise, to the conv engine otherwise. */
export function lowerConv(context: LoweringContext, operator: ConvOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const input = featureMapShape(x.name, x.shape);
  const output = featureMapShape(y.name, y.shape);
  const { kernel, stride, dilation, padding, group, clamp } = operator.attributes;
  checkWindowLimits(kernel, stride, dilation);
  if (output.channels % group !== 0) throw new Refusal(`its ${output.channels} output channels do not divide into ${group} groups`);
  for (const [axis, before] of [[0, padding[0]], [1, padding[1]], [0, padding[2]], [1, padding[3]]] as const) {
    if (before > (kernel[axis] - 1) * dilation[axis]) throw new Refusal(`its padding [${padding.join(', ')}] is not smaller than its kernel [${kernel.join(', ')}]`);
  }
  const window: WindowGeometry = {
    inputHeight: input.height, inputWidth: input.width, outputHeight: output.height, outputWidth: output.width,
    kernelHeight: kernel[0], kernelWidth: kernel[1], strideY: stride[0], strideX: stride[1], dilationY: dilation[0], dilationX: dilation[1],
    paddingTop: padding[0], paddingLeft: padding[1], paddingValue: x.zeroPoint,
  };
  lowerConvolution(context, {
    name: operator.name, operator: operator.kind, x, y, channels: input.channels, outputChannels: output.channels, groups: group, window,
    weights: quantizedWeights(context, operator.inputs[1], output.channels), bias: biasOf(context, operator.inputs[2]),
    multiplyAccumulates: multiplyAccumulatesOf(operator, context.network.tensors) ?? 0, ...storedRange(y, clamp),
  });
}

/** Fully connected layer: a convolution whose kernel covers the whole feature map that is flattened into its input. */
export function lowerFullyConnected(context: LoweringContext, operator: FullyConnectedOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  if (x.shape[0] !== 1) throw new Refusal(`it multiplies ${x.shape[0]} vectors; the chip runs one image at a time`);
  const value = valueOf(context, x.name);
  refuseMoved(x.name, value);
  const outputChannels = tensorOf(context, operator.inputs[1]).shape[0];
  const { channels, height, width } = value;
  checkWindowLimits([height, width], [1, 1], [1, 1]);
  const window: WindowGeometry = {
    inputHeight: height, inputWidth: width, outputHeight: 1, outputWidth: 1, kernelHeight: height, kernelWidth: width,
    strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, paddingTop: 0, paddingLeft: 0, paddingValue: x.zeroPoint,
  };
  lowerConvolution(context, {
    name: operator.name, operator: operator.kind, x, y, channels, outputChannels, groups: 1, window,
    weights: quantizedWeights(context, operator.inputs[1], outputChannels), bias: biasOf(context, operator.inputs[2]),
    multiplyAccumulates: multiplyAccumulatesOf(operator, context.network.tensors) ?? 0, ...storedRange(y, operator.attributes.clamp),
  });
}

function biasOf(context: LoweringContext, name: string | undefined): TensorData | undefined {
  if (name === undefined || name === '') return undefined;
  const tensor = tensorOf(context, name);
  if (tensor.role !== 'constant' || tensor.elementType !== 'int32') throw new Refusal(`its bias '${name}' is not constant int32`);
  return tensor.data;
}

function lowerConvolution(context: LoweringContext, conv: Convolution): void {
  const { configuration } = context;
  const depthwise = conv.groups > 1 && conv.groups === conv.channels && conv.weights.parts === 1 && configuration.laneMultiply === 1;
  const unfolded = unfoldedWindow(context, conv);
  const laneCycles = depthwise ? laneMultiplyCycles(context, conv) : Infinity;
  if (depthwise && laneCycles <= convCycles(context, conv, unfolded) && fitsLane(context, conv)) lowerToLane(context, conv);
  else lowerToConv(context, conv, unfolded);
}

/** One window of one group of channel blocks must fit in the lane engine's buffers. */
function fitsLane(context: LoweringContext, conv: Convolution): boolean {
  const { kernelHeight, kernelWidth, dilationY, dilationX } = conv.window;
  const { laneInputDepth, laneWeightDepth } = context.configuration;
  const rows = ((kernelHeight - 1) * dilationY + 1) * ((kernelWidth - 1) * dilationX + 1);
  return rows <= laneInputDepth && kernelHeight * kernelWidth <= laneWeightDepth;
}

function laneMultiplyCycles(context: LoweringContext, conv: Convolution): number {
  const { channelBlock, laneBlocks } = context.configuration;
  const { kernelHeight, kernelWidth, outputHeight, outputWidth } = conv.window;
  const blocks = context.values.get(conv.x.name)?.node.blocks ?? Math.ceil(conv.channels / channelBlock);
  return kernelHeight * kernelWidth * outputHeight * outputWidth * Math.ceil(blocks / laneBlocks) * (conv.outputChannels / conv.channels);
}

function convCycles(context: LoweringContext, conv: Convolution, unfolded: UnfoldedWindow | undefined): number {
  const window = unfolded?.window ?? conv.window;
  const map = unfolded?.channelMap ?? context.values.get(conv.x.name)?.node.channelMap ?? identityChannelMap(conv.channels, context.configuration.channelBlock);
  const source = weightSource(conv, unfolded === undefined ? undefined : conv.channels);
  return convSteps(context.configuration, window, conv.weights.parts, convPartitions(context.configuration, source, map, outputMap(context, conv)));
}

interface UnfoldedWindow {
  readonly window: WindowGeometry;
  readonly channelMap: Int32Array;
}

/** Kernel columns as channels, when the input comes from the host for this operator alone and fewer steps come of it. */
function unfoldedWindow(context: LoweringContext, conv: Convolution): UnfoldedWindow | undefined {
  const { window, channels, x } = conv;
  if (!context.pendingInputs.has(x.name) || context.values.has(x.name)) return undefined;
  if ((context.consumers.get(x.name)?.length ?? 0) !== 1 || context.network.outputs.includes(x.name)) return undefined;
  const { channelBlock } = context.configuration;
  const unfoldedBlocks = Math.ceil((channels * window.kernelWidth) / channelBlock);
  if (window.kernelWidth === 1 || unfoldedBlocks >= window.kernelWidth * Math.ceil(channels / channelBlock)) return undefined;
  return {
    window: { ...window, inputWidth: window.outputWidth, kernelWidth: 1, strideX: 1, dilationX: 1, paddingLeft: 0 },
    channelMap: identityChannelMap(channels * window.kernelWidth, channelBlock),
  };
}

function lowerToConv(context: LoweringContext, conv: Convolution, unfolded: UnfoldedWindow | undefined): void {
  const { configuration } = context;
  const output = defineFeatureMap(context, conv.y.name, conv.outputChannels, conv.window.outputHeight, conv.window.outputWidth);
  let input: TensorView;
  if (unfolded === undefined) {
    input = (conv.operator === 'conv' ? featureMapOf : valueOf)(context, conv.x.name).node;
  } else {
    const { inputHeight, inputWidth, kernelWidth, strideX, dilationX, paddingLeft, outputWidth } = conv.window;
    input = addHostInput(context, conv.x.name, inputHeight, outputWidth, unfolded.channelMap, {
      channels: conv.channels, sourceWidth: inputWidth, kernelWidth, strideX, dilationX, paddingLeft,
    });
  }
  const weights = weightSource(conv, unfolded === undefined ? undefined : conv.channels);
  if (conv.weights.parts > 3) throw new Refusal('its weights minus their zero points need more than three 8-bit parts');
  context.layers.push({
    engine: 'conv', name: conv.name, operator: conv.operator, multiplyAccumulates: conv.multiplyAccumulates,
    window: unfolded?.window ?? conv.window, input, output, zeroPoint: conv.y.zeroPoint, low: conv.low, high: conv.high,
    repeat: conv.weights.parts, partitions: convPartitions(configuration, weights, input.channelMap, output.channelMap),
    weights, requantization: requantizationOf(conv),
  });
}

/** Depthwise: output channel c * multiplier + j is in sweep j over the input, where channel c is. */
function lowerToLane(context: LoweringContext, conv: Convolution): void {
  const { node } = featureMapOf(context, conv.x.name);
  const multiplier = conv.outputChannels / conv.channels;
  const map = new Int32Array(node.channelMap.length * multiplier).fill(-1);
  const variants: LaneVariant[] = [];
  for (let sweep = 0; sweep < multiplier; sweep++) {
    const base = sweep * node.channelMap.length;
    for (let index = 0; index < node.channelMap.length; index++) {
      if (node.channelMap[index] >= 0) map[base + index] = node.channelMap[index] * multiplier + sweep;
    }
    variants.push({ offsetY: 0, offsetX: 0, outputBlock: sweep * node.blocks });
  }
  const output = defineFeatureMap(context, conv.y.name, conv.outputChannels, conv.window.outputHeight, conv.window.outputWidth, map);
  context.layers.push({
    engine: 'lane', operation: 'multiply', result: 'requantize', name: conv.name, operator: conv.operator,
    multiplyAccumulates: conv.multiplyAccumulates, window: conv.window, inputs: [node], output,
    zeroPoint: conv.y.zeroPoint, low: conv.low, high: conv.high, variants, weights: weightSource(conv), requantization: requantizationOf(conv),
  });
}

function outputMap(context: LoweringContext, conv: Convolution): Int32Array {
  return identityChannelMap(conv.outputChannels, context.configuration.channelBlock);
}

function weightSource(conv: Convolution, unfoldedChannels?: number): WeightSource {
  const { kernelHeight, kernelWidth } = conv.window;
  const { data } = conv.weights.tensor;
  return {
    ...(data === undefined ? {} : { data }), zeroPoints: conv.weights.zeroPoints, outputChannels: conv.outputChannels,
    channels: conv.channels / conv.groups, groups: conv.groups, kernelHeight, kernelWidth,
    ...(unfoldedChannels === undefined ? {} : { unfoldedChannels }),
  };
}

function requantizationOf(conv: Convolution): Requantization {
  return {
    kind: 'weights', ...(conv.bias === undefined ? {} : { bias: conv.bias }), inputZeroPoint: conv.x.zeroPoint,
    inputScale: conv.x.scale, weightScales: conv.weights.scales, outputScale: conv.y.scale,
  };
}
