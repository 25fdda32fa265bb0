import type { PadOperator } from '@autodnnchip/core';
import type { Requantization, WeightSource, WindowGeometry } from '@autodnnchip/core/engine';

import { addWork } from './choose-engine.js';
import { featureMapOf } from './host-conversion.js';
import { pointWindow } from './point-window.js';
import { addNode, checkWindowLimits, type LoweredValue, type LoweringContext } from './lowering-context.js';
import { featureMapShape, quantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';

/** How bytes pass a requantiser unchanged. */
const unchanged: Requantization = { kind: 'constant', bias: 0, scale: 1 };

/**
 * Padding that no window takes over, and cropping (negative padding): rows and columns are cropped by a move that
 * begins elsewhere and padded by a depthwise convolution with one weight of 1; channels are picked by a pointwise one.
 */
export function lowerPad(context: LoweringContext, operator: PadOperator): void {
  const x = quantizedTensor(context, operator.inputs[0]);
  const y = quantizedTensor(context, operator.outputs[0]);
  const { before, after, value } = operator.attributes;
  if (x.shape.length !== 4 && x.shape.length !== 2)
    throw new Refusal(`it pads or crops a tensor of ${x.shape.length} dimensions; the chip takes [N C H W] and [N C]`);
  if (before[0] !== 0 || after[0] !== 0) throw new Refusal('it pads or crops the batch');
  featureMapShape(y.name, y.shape);
  const fill = value - y.offset;
  const [top, left, bottom, right] = [before[2] ?? 0, before[3] ?? 0, after[2] ?? 0, after[3] ?? 0];
  let map = featureMapOf(context, x.name);
  map = cropped(
    context,
    operator.name,
    map,
    [top, left, bottom, right].map(amount => Math.max(0, -amount)),
  );
  map = padded(
    context,
    operator.name,
    map,
    [top, left, bottom, right].map(amount => Math.max(0, amount)),
    fill,
  );
  map = withChannels(context, operator.name, map, before[1], map.channels + before[1] + after[1], fill);
  context.values.set(y.name, map);
}

function cropped(
  context: LoweringContext,
  name: string,
  map: LoweredValue,
  [top, left, bottom, right]: readonly number[],
): LoweredValue {
  if (top + left + bottom + right === 0) return map;
  const [height, width] = [map.height - top - bottom, map.width - left - right];
  const node = addNode(context, `${name} (cropped)`, map.channels, height, width, map.node.channelMap);
  addWork(context, [
    {
      work: {
        form: 'maximum',
        name: `${name} (crop)`,
        operator: 'pad',
        multiplyAccumulates: 0,
        window: { ...pointWindow({ height, width }), inputHeight: map.height, inputWidth: map.width },
        inputs: [map.node],
        output: node,
        zeroPoint: 0,
        low: -128,
        high: 127,
        sweeps: [{ offsetY: top, offsetX: left, outputBlock: 0 }],
      },
      commit: () => undefined,
    },
  ]);
  return { ...map, node, height, width };
}

function padded(
  context: LoweringContext,
  name: string,
  map: LoweredValue,
  [top, left, bottom, right]: readonly number[],
  fill: number,
): LoweredValue {
  if (top + left + bottom + right === 0) return map;
  // A window reaches the input wherever its padding is smaller than its kernel: so large a kernel, with all but one
  // weight 0.
  const [kernelHeight, kernelWidth] = [top + bottom + 1, left + right + 1];
  checkWindowLimits([kernelHeight, kernelWidth], [1, 1], [1, 1]);
  const { channels } = map;
  const [height, width] = [map.height + top + bottom, map.width + left + right];
  const taps = kernelHeight * kernelWidth;
  const data = new Int8Array(channels * taps);
  for (let channel = 0; channel < channels; channel++) data[channel * taps + bottom * kernelWidth + right] = 1;
  const weights: WeightSource = {
    data,
    zeroPoints: new Int32Array(1),
    outputChannels: channels,
    channels: 1,
    groups: channels,
    kernelHeight,
    kernelWidth,
    parts: 1,
  };
  const window: WindowGeometry = {
    inputHeight: map.height,
    inputWidth: map.width,
    outputHeight: height,
    outputWidth: width,
    kernelHeight,
    kernelWidth,
    strideY: 1,
    strideX: 1,
    dilationY: 1,
    dilationX: 1,
    paddingTop: top + bottom,
    paddingLeft: left + right,
    paddingValue: fill,
  };
  const node = addNode(context, `${name} (padded)`, channels, height, width, map.node.channelMap);
  addWork(context, [
    {
      work: {
        form: 'convolution',
        name: `${name} (pad)`,
        operator: 'pad',
        multiplyAccumulates: 0,
        window,
        inputs: [map.node],
        output: node,
        zeroPoint: 0,
        low: -128,
        high: 127,
        weights,
        requantization: unchanged,
      },
      commit: () => undefined,
    },
  ]);
  return { ...map, node, height, width };
}

/** Channels `-before` to `-before + count`; those that the map does not have hold `fill`. */
function withChannels(
  context: LoweringContext,
  name: string,
  map: LoweredValue,
  before: number,
  count: number,
  fill: number,
): LoweredValue {
  if (before === 0 && count === map.channels) return map;
  const data = new Int8Array(count * map.channels);
  const bias = new Int32Array(count);
  for (let channel = 0; channel < count; channel++) {
    const source = channel - before;
    if (source >= 0 && source < map.channels) data[channel * map.channels + source] = 1;
    else bias[channel] = fill;
  }
  const weights: WeightSource = {
    data,
    zeroPoints: new Int32Array(1),
    outputChannels: count,
    channels: map.channels,
    groups: 1,
    kernelHeight: 1,
    kernelWidth: 1,
    parts: 1,
  };
  const node = addNode(context, `${name} (channels)`, count, map.height, map.width);
  addWork(context, [
    {
      work: {
        form: 'convolution',
        name: `${name} (channels)`,
        operator: 'pad',
        multiplyAccumulates: 0,
        window: pointWindow(map),
        inputs: [map.node],
        output: node,
        zeroPoint: 0,
        low: -128,
        high: 127,
        weights,
        requantization: {
          kind: 'weights',
          bias,
          inputZeroPoint: 0,
          inputScale: 1,
          weightScales: Float32Array.of(1),
          outputScale: 1,
        },
      },
      commit: () => undefined,
    },
  ]);
  return { ...map, node, channels: count };
}
