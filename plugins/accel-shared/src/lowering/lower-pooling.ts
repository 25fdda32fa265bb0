import {
  averageScale,
  type AveragePoolOperator,
  type GlobalAveragePoolOperator,
  type MaxPoolOperator,
  type WindowAttributes,
} from '@autodnnchip/core';
import type { WeightSource, WindowGeometry } from '@autodnnchip/core/engine';

import { addWork } from './choose-engine.js';
import { featureMapOf } from './host-conversion.js';
import { oneSweep } from './point-window.js';
import { checkWindowLimits, defineFeatureMap, type LoweredValue, type LoweringContext } from './lowering-context.js';
import { featureMapShape, quantizedTensor, storedRange, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';

const wholeMap: readonly [number, number, number, number] = [0, 0, 0, 0];

/** Maximum pool: padding reads as the smallest byte, which never wins. */
export function lowerMaxPool(context: LoweringContext, operator: MaxPoolOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  if (x.scale !== y.scale || x.zeroPoint !== y.zeroPoint)
    throw new Refusal('its output has another scale or zero point than its input');
  const input = featureMapOf(context, x.name);
  const window = poolingWindow(input, y, operator.attributes, -128);
  const output = defineFeatureMap(
    context,
    y.name,
    input.channels,
    window.outputHeight,
    window.outputWidth,
    input.node.channelMap,
  );
  addWork(context, [
    {
      work: {
        form: 'maximum',
        name: operator.name,
        operator: operator.kind,
        multiplyAccumulates: 0,
        window,
        inputs: [input.node],
        output,
        zeroPoint: 0,
        ...storedRange(y, operator.attributes.clamp),
        sweeps: oneSweep,
      },
      commit: () => undefined,
    },
  ]);
}

/** Mean over all rows and columns: a sum, then requantisation with the scale divided by their number. */
export function lowerGlobalAveragePool(context: LoweringContext, operator: GlobalAveragePoolOperator): void {
  const input = featureMapOf(context, operator.inputs[0]);
  lowerMean(context, operator, input, {
    kernel: [input.height, input.width],
    stride: [1, 1],
    dilation: [1, 1],
    padding: wholeMap,
  });
}

/** Mean under a window: exact where every window averages the same number of values. */
export function lowerAveragePool(context: LoweringContext, operator: AveragePoolOperator): void {
  const input = featureMapOf(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const { kernel, stride, dilation, padding, countIncludePad } = operator.attributes;
  const extents = [input.height, input.width];
  const outputs = [featureMapShape(y.name, y.shape).height, featureMapShape(y.name, y.shape).width];
  for (const axis of [0, 1] as const) {
    const end = (outputs[axis] - 1) * stride[axis] + (kernel[axis] - 1) * dilation[axis] - padding[axis];
    const counted = countIncludePad ? extents[axis] + padding[axis + 2] : extents[axis];
    if (end >= counted || (!countIncludePad && padding[axis] > 0)) {
      throw new Refusal(
        'its windows at the edges average fewer values than the others, and the chip divides all of them by the same number',
      );
    }
  }
  lowerMean(context, operator, input, operator.attributes);
}

function lowerMean(
  context: LoweringContext,
  operator: AveragePoolOperator | GlobalAveragePoolOperator,
  input: LoweredValue,
  attributes: WindowAttributes,
): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const window = poolingWindow(input, y, attributes, x.zeroPoint);
  const count = window.kernelHeight * window.kernelWidth;
  const output = defineFeatureMap(
    context,
    y.name,
    input.channels,
    window.outputHeight,
    window.outputWidth,
    input.node.channelMap,
  );
  const requantization = {
    kind: 'constant',
    bias: -count * x.zeroPoint,
    scale: averageScale(x.scale, y.scale, count),
  } as const;
  const common = {
    name: operator.name,
    operator: operator.kind,
    multiplyAccumulates: 0,
    window,
    inputs: [input.node] as const,
    output,
    zeroPoint: y.zeroPoint,
    ...storedRange(y),
    requantization,
  };
  // A sum is also a convolution in parts, with weights of 1 on the diagonal: for windows that are too large for an
  // engine that adds.
  const weights: WeightSource = {
    zeroPoints: new Int32Array(1),
    outputChannels: input.channels,
    channels: 1,
    groups: input.channels,
    kernelHeight: window.kernelHeight,
    kernelWidth: window.kernelWidth,
    parts: 1,
  };
  addWork(context, [
    { work: { form: 'sum', ...common, sweeps: oneSweep }, commit: () => undefined },
    { work: { form: 'convolution', ...common, weights }, commit: () => undefined },
  ]);
}

function poolingWindow(
  input: LoweredValue,
  y: QuantizedTensor,
  attributes: WindowAttributes,
  paddingValue: number,
): WindowGeometry {
  const { kernel, stride, dilation, padding } = attributes;
  checkWindowLimits(kernel, stride, dilation);
  const { height, width } = featureMapShape(y.name, y.shape);
  return {
    inputHeight: input.height,
    inputWidth: input.width,
    outputHeight: height,
    outputWidth: width,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: stride[0],
    strideX: stride[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    paddingTop: padding[0],
    paddingLeft: padding[1],
    paddingValue,
  };
}
