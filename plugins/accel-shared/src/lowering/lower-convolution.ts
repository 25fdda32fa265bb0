import {
  multiplyAccumulatesOf,
  type ConvOperator,
  type FullyConnectedOperator,
  type OperatorKind,
  type TensorData,
} from '@autodnnchip/core';
import type { Requantization, Sweep, WeightSource, WindowGeometry } from '@autodnnchip/core/engine';

import { addWork, type Candidate } from './choose-engine.js';
import { draftFeatureMapOf, draftHostInput, draftValueOf, refuseMoved, valueOf } from './host-conversion.js';
import { checkWindowLimits, draftFeatureMap, type Draft, type LoweringContext } from './lowering-context.js';
import { featureMapShape, quantizedTensor, storedRange, tensorOf, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';
import { identityChannelMap } from './tensor-node.js';
import { quantizedWeights, type QuantizedWeights } from './weights.js';

/** A convolution with everything that its forms need to know of it. */
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

/** Convolution of any kernel and grouping. */
export function lowerConv(context: LoweringContext, operator: ConvOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const input = featureMapShape(x.name, x.shape);
  const output = featureMapShape(y.name, y.shape);
  const { kernel, stride, dilation, padding, group, clamp } = operator.attributes;
  checkWindowLimits(kernel, stride, dilation);
  if (output.channels % group !== 0)
    throw new Refusal(`its ${output.channels} output channels do not divide into ${group} groups`);
  for (const [axis, before] of [
    [0, padding[0]],
    [1, padding[1]],
    [0, padding[2]],
    [1, padding[3]],
  ] as const) {
    if (before > (kernel[axis] - 1) * dilation[axis])
      throw new Refusal(`its padding [${padding.join(', ')}] is not smaller than its kernel [${kernel.join(', ')}]`);
  }
  const window: WindowGeometry = {
    inputHeight: input.height,
    inputWidth: input.width,
    outputHeight: output.height,
    outputWidth: output.width,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    paddingTop: padding[0],
    paddingLeft: padding[1],
    paddingValue: x.zeroPoint,
  };
  lowerConvolution(context, {
    name: operator.name,
    operator: operator.kind,
    x,
    y,
    channels: input.channels,
    outputChannels: output.channels,
    groups: group,
    window,
    weights: quantizedWeights(context, operator.inputs[1], output.channels),
    bias: biasOf(context, operator.inputs[2]),
    multiplyAccumulates: multiplyAccumulatesOf(operator, context.network.tensors) ?? 0,
    ...storedRange(y, clamp),
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
    inputHeight: height,
    inputWidth: width,
    outputHeight: 1,
    outputWidth: 1,
    kernelHeight: height,
    kernelWidth: width,
    strideY: 1,
    strideX: 1,
    dilationY: 1,
    dilationX: 1,
    paddingTop: 0,
    paddingLeft: 0,
    paddingValue: x.zeroPoint,
  };
  lowerConvolution(context, {
    name: operator.name,
    operator: operator.kind,
    x,
    y,
    channels,
    outputChannels,
    groups: 1,
    window,
    weights: quantizedWeights(context, operator.inputs[1], outputChannels),
    bias: biasOf(context, operator.inputs[2]),
    multiplyAccumulates: multiplyAccumulatesOf(operator, context.network.tensors) ?? 0,
    ...storedRange(y, operator.attributes.clamp),
  });
}

function biasOf(context: LoweringContext, name: string | undefined): TensorData | undefined {
  if (name === undefined || name === '') return undefined;
  const tensor = tensorOf(context, name);
  if (tensor.role !== 'constant' || tensor.elementType !== 'int32')
    throw new Refusal(`its bias '${name}' is not constant int32`);
  return tensor.data;
}

/** A convolution has one form, or two where every channel is on its own. */
function lowerConvolution(context: LoweringContext, conv: Convolution): void {
  const isDepthwise = conv.groups > 1 && conv.groups === conv.channels;
  addWork(context, [...(isDepthwise ? [depthwiseForm(context, conv)] : []), convolutionForm(context, conv)]);
}

interface UnfoldedWindow {
  readonly window: WindowGeometry;
  readonly channelMap: Int32Array;
}

/**
 * Kernel columns as channels, when the input comes from the host for this operator alone and fewer steps come of it.
 */
function unfoldedWindow(context: LoweringContext, conv: Convolution): UnfoldedWindow | undefined {
  const { window, channels, x } = conv;
  if (!context.pendingInputs.has(x.name) || context.values.has(x.name)) return undefined;
  if ((context.consumers.get(x.name)?.length ?? 0) !== 1 || context.network.outputs.includes(x.name)) return undefined;
  const { channelBlock } = context.configuration;
  const unfoldedBlocks = Math.ceil((channels * window.kernelWidth) / channelBlock);
  if (window.kernelWidth === 1 || unfoldedBlocks >= window.kernelWidth * Math.ceil(channels / channelBlock))
    return undefined;
  return {
    window: { ...window, inputWidth: window.outputWidth, kernelWidth: 1, strideX: 1, dilationX: 1, paddingLeft: 0 },
    channelMap: identityChannelMap(channels * window.kernelWidth, channelBlock),
  };
}

function convolutionForm(context: LoweringContext, conv: Convolution): Candidate {
  const unfolded = unfoldedWindow(context, conv);
  const output = draftFeatureMap(
    context,
    conv.y.name,
    conv.outputChannels,
    conv.window.outputHeight,
    conv.window.outputWidth,
  );
  const input = unfolded === undefined ? plainInput(context, conv) : unfoldedInput(context, conv, unfolded);
  return {
    work: {
      form: 'convolution',
      name: conv.name,
      operator: conv.operator,
      multiplyAccumulates: conv.multiplyAccumulates,
      window: unfolded?.window ?? conv.window,
      inputs: [input.node],
      output: output.node,
      zeroPoint: conv.y.zeroPoint,
      low: conv.low,
      high: conv.high,
      weights: weightSource(conv, unfolded === undefined ? undefined : conv.channels),
      requantization: requantizationOf(conv),
    },
    commit() {
      output.commit();
      input.commit();
    },
  };
}

function plainInput(context: LoweringContext, conv: Convolution): Draft {
  const { value, commit } = (conv.operator === 'conv' ? draftFeatureMapOf : draftValueOf)(context, conv.x.name);
  return { node: value.node, commit };
}

function unfoldedInput(context: LoweringContext, conv: Convolution, { channelMap }: UnfoldedWindow): Draft {
  const { inputHeight, inputWidth, kernelWidth, strideX, dilationX, paddingLeft, outputWidth } = conv.window;
  return draftHostInput(context, conv.x.name, inputHeight, outputWidth, channelMap, {
    channels: conv.channels,
    sourceWidth: inputWidth,
    kernelWidth,
    strideX,
    dilationX,
    paddingLeft,
  });
}

/** Output channel c * multiplier + j comes of sweep j over the input, where channel c is. */
function depthwiseForm(context: LoweringContext, conv: Convolution): Candidate {
  const {
    value: { node },
    commit,
  } = draftFeatureMapOf(context, conv.x.name);
  const multiplier = conv.outputChannels / conv.channels;
  const map = new Int32Array(node.channelMap.length * multiplier).fill(-1);
  const sweeps: Sweep[] = [];
  for (let sweep = 0; sweep < multiplier; sweep++) {
    const base = sweep * node.channelMap.length;
    for (let index = 0; index < node.channelMap.length; index++) {
      if (node.channelMap[index] >= 0) map[base + index] = node.channelMap[index] * multiplier + sweep;
    }
    sweeps.push({ offsetY: 0, offsetX: 0, outputBlock: sweep * node.blocks });
  }
  const output = draftFeatureMap(
    context,
    conv.y.name,
    conv.outputChannels,
    conv.window.outputHeight,
    conv.window.outputWidth,
    map,
  );
  return {
    work: {
      form: 'depthwise',
      name: conv.name,
      operator: conv.operator,
      multiplyAccumulates: conv.multiplyAccumulates,
      window: conv.window,
      inputs: [node],
      output: output.node,
      zeroPoint: conv.y.zeroPoint,
      low: conv.low,
      high: conv.high,
      sweeps,
      weights: weightSource(conv),
      requantization: requantizationOf(conv),
    },
    commit() {
      commit();
      output.commit();
    },
  };
}

function weightSource(conv: Convolution, unfoldedChannels?: number): WeightSource {
  const { kernelHeight, kernelWidth } = conv.window;
  const { data } = conv.weights.tensor;
  return {
    ...(data === undefined ? {} : { data }),
    zeroPoints: conv.weights.zeroPoints,
    outputChannels: conv.outputChannels,
    channels: conv.channels / conv.groups,
    groups: conv.groups,
    kernelHeight,
    kernelWidth,
    parts: conv.weights.parts,
    ...(unfoldedChannels === undefined ? {} : { unfoldedChannels }),
  };
}

function requantizationOf(conv: Convolution): Requantization {
  return {
    kind: 'weights',
    ...(conv.bias === undefined ? {} : { bias: conv.bias }),
    inputZeroPoint: conv.x.zeroPoint,
    inputScale: conv.x.scale,
    weightScales: conv.weights.scales,
    outputScale: conv.y.scale,
  };
}
