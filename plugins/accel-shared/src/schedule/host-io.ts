import {
  ChipError,
  convertElements,
  createTensorData,
  dequantizeValue,
  elementCount,
  integerRange,
  isSameShape,
  quantizeValue,
  type NumericArray,
  type TensorData,
} from '@autodnnchip/core';

import type { HostInput, HostLayout, HostMove, HostOutput } from '../lowering/index.js';

/** What writing an input takes; `HostInput` without its place in memory. */
export type InputConversion = Omit<HostInput, 'view'>;
/** What reading an output takes; `HostOutput` without its place in memory. */
export type OutputConversion = Omit<HostOutput, 'view'>;

/** Bytes of an input's memory region for these values: quantised where the network does that, in the chip's layout. */
export function writeInput(input: InputConversion, values: NumericArray): Uint8Array {
  const { layout } = input;
  if (!isSameShape(values.shape, input.shape)) {
    throw new ChipError(
      'ADC1105',
      `Input ${input.name} takes an array of shape [${input.shape.join(', ')}]; one of shape [${values.shape.join(', ')}] is given.`,
      {
        location: { node: input.name },
        hint: 'Give one sample, in the order of dimensions that the network has.',
      },
    );
  }
  const stored = moved(storedValues(input, values), input.moves);
  const result = new Int8Array(layout.blocks * layout.height * layout.width * layout.channelBlock).fill(
    layout.paddingValue,
  );
  for (let physical = 0; physical < layout.channelMap.length; physical++) {
    if (layout.channelMap[physical] >= 0) writeChannel(result, layout, physical, stored);
  }
  return new Uint8Array(result.buffer);
}

function storedValues(input: InputConversion, values: NumericArray): Int8Array {
  const { offset } = input.layout;
  const { data } = convertElements(values, input.elementType);
  const stored = new Int8Array(data.length);
  if (input.quantize === undefined) {
    for (let index = 0; index < stored.length; index++) stored[index] = Number(data[index]) - offset;
    return stored;
  }
  const { scale, zeroPoint, elementType } = input.quantize;
  const range = integerRange(elementType) ?? { low: -128, high: 127 };
  for (let index = 0; index < stored.length; index++) {
    const value = Number(data[index]);
    if (Number.isNaN(value))
      throw new ChipError('ADC1105', `Input ${input.name} holds NaN as its value ${index}.`, {
        location: { node: input.name },
        hint: 'Give numbers only.',
      });
    stored[index] = quantizeValue(value, scale, zeroPoint, range) - offset;
  }
  return stored;
}

function writeChannel(result: Int8Array, layout: HostLayout, physical: number, stored: Int8Array): void {
  const { height, width, channelBlock, channelMap, unfold } = layout;
  const logical = channelMap[physical];
  const sourceWidth = unfold?.sourceWidth ?? width;
  const channel = unfold === undefined ? logical : logical % unfold.channels;
  const stride = unfold?.strideX ?? 1;
  const shift =
    unfold === undefined ? 0 : Math.floor(logical / unfold.channels) * unfold.dilationX - unfold.paddingLeft;
  let target = Math.floor(physical / channelBlock) * height * width * channelBlock + (physical % channelBlock);
  for (let row = 0; row < height; row++) {
    const line = (channel * height + row) * sourceWidth;
    for (let column = 0; column < width; column++) {
      const source = column * stride + shift;
      if (source >= 0 && source < sourceWidth) result[target] = stored[line + source];
      target += channelBlock;
    }
  }
}

/** Values of an output from the bytes of its memory region: dequantised where the network does that. */
export function readOutput(output: OutputConversion, bytes: Uint8Array): NumericArray {
  const { layout, shape, elementType, dequantize, moves } = output;
  const { height, width, channelBlock, channelMap, offset } = layout;
  const stored = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = createTensorData(elementType, elementCount(shape));
  for (let physical = 0; physical < channelMap.length; physical++) {
    if (channelMap[physical] < 0) continue;
    let source = Math.floor(physical / channelBlock) * height * width * channelBlock + (physical % channelBlock);
    for (let row = 0; row < height; row++) {
      let target = (channelMap[physical] * height + row) * width;
      for (let column = 0; column < width; column++) {
        const value = stored[source] + offset;
        data[target] =
          dequantize === undefined ? value : dequantizeValue(value, dequantize.scale, dequantize.zeroPoint);
        source += channelBlock;
        target++;
      }
    }
  }
  return { shape, elementType, data: moved(data, moves) };
}

/** Values with the host's steps done. */
function moved<Data extends TensorData>(values: Data, moves: readonly HostMove[] = []): Data {
  let result = values;
  for (const move of moves) result = permuted(result, move);
  return result;
}

function permuted<Data extends TensorData>(values: Data, { shape, permutation }: HostMove): Data {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  const result = values.slice() as Data;
  const position = new Array<number>(shape.length).fill(0);
  let source = 0;
  for (let target = 0; target < result.length; target++) {
    result[target] = values[source];
    for (let axis = permutation.length - 1; axis >= 0; axis--) {
      const dimension = permutation[axis];
      source += strides[dimension];
      if (++position[axis] < shape[dimension]) break;
      source -= strides[dimension] * shape[dimension];
      position[axis] = 0;
    }
  }
  return result;
}
