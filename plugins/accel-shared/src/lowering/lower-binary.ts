import {
  addQuantized,
  additionConstants,
  additionIsExchanged,
  elementCount,
  multiplicationScale,
  outputRange,
  requantizeProduct,
  type BinaryOperator,
  type Tensor,
} from '@autodnnchip/core';
import type { WeightSource } from '@autodnnchip/core/engine';

import { additionTable, type AdditionTable } from './addition-table.js';
import { addWork } from './choose-engine.js';
import { valueOf } from './host-conversion.js';
import { addTablePass } from './lower-elementwise.js';
import { oneSweep, pointWindow } from './point-window.js';
import { addNode, defineLike, draftLike, type LoweredValue, type LoweringContext } from './lowering-context.js';
import { quantizedTensor, storedRange, tensorOf, type QuantizedTensor } from './quantized-tensor.js';
import { Refusal } from './refusal.js';

/** Sum of two feature maps of the same shape, or of one and a constant; product with one constant value. */
export function lowerBinary(context: LoweringContext, operator: BinaryOperator): void {
  const constants = operator.inputs.filter(name => tensorOf(context, name).role === 'constant');
  if (constants.length === 2) throw new Refusal('both of its operands are constant');
  if (constants.length === 1 && elementCount(tensorOf(context, constants[0]).shape) === 1)
    return lowerWithOneValue(context, operator, constants[0]);
  const { function: name } = operator.attributes;
  if (name !== 'add')
    throw new Refusal(
      `element-wise ${name} of ${constants.length === 1 ? 'a feature map and several values' : 'two feature maps'} is not built into the lane engine`,
    );
  const [a, b, y] = [...operator.inputs, operator.outputs[0]].map(tensor => quantizedTensor(context, tensor));
  if (constants.length === 0 && a.shape.join() !== b.shape.join())
    throw new Refusal(`it adds [${a.shape.join(', ')}] and [${b.shape.join(', ')}]; the chip does not broadcast`);
  if (constants.length === 0)
    return addMaps(context, operator, [a, b, y], [valueOf(context, a.name), valueOf(context, b.name)]);
  const map = valueOf(context, a.name === constants[0] ? b.name : a.name);
  const constant = constantMap(context, operator.name, a.name === constants[0] ? a : b, y, map);
  addMaps(context, operator, [a, b, y], a.name === constants[0] ? [constant, map] : [map, constant]);
}

function addMaps(
  context: LoweringContext,
  operator: BinaryOperator,
  [a, b, y]: readonly QuantizedTensor[],
  [left, right]: readonly [LoweredValue, LoweredValue],
): void {
  const isAlike =
    left.channels === right.channels &&
    left.height === right.height &&
    left.width === right.width &&
    JSON.stringify(left.moves) === JSON.stringify(right.moves);
  if (!isAlike)
    throw new Refusal(
      `it adds '${a.name}' and '${b.name}', of which one is transposed or reshaped; the chip keeps [N C H W]`,
    );
  const range = storedRange(y, operator.attributes.clamp);
  const sum = sumTable(context, [a, b, y], range);
  if (sum === undefined)
    throw new Refusal('no fixed-point form gives its float32 results for all 65,536 pairs of values');
  const operands = [left.node, right.node];
  const output = draftLike(context, y.name, left);
  addWork(context, [
    {
      work: {
        form: 'table',
        name: operator.name,
        operator: operator.kind,
        multiplyAccumulates: 0,
        window: pointWindow(left),
        inputs: sum.swapped ? operands.reverse() : operands,
        output: output.node,
        zeroPoint: 0,
        ...range,
        sweeps: oneSweep,
        table: sum.table,
      },
      commit: output.commit,
    },
  ]);
}

/** The table and whether it is indexed by the operator's first operand instead of the second. */
function sumTable(
  context: LoweringContext,
  [a, b, y]: readonly QuantizedTensor[],
  range: { low: number; high: number },
): AdditionTable | undefined {
  if (context.network.weightless)
    return { table: { multiplier: 0, shift: 0, entries: new Int32Array(256) }, swapped: false };
  const exchanged = additionIsExchanged(a.shape, b.shape, y.shape);
  const [outer, inner] = exchanged ? [b, a] : [a, b];
  const constants = additionConstants(outer.quantization, inner.quantization, y.quantization);
  const found = additionTable({
    ...constants,
    offsetA: outer.offset,
    offsetB: inner.offset,
    offsetResult: y.offset,
    ...range,
  });
  return found === undefined ? undefined : { table: found.table, swapped: found.swapped !== exchanged };
}

/** Sum or product of a feature map and one constant value: a table of 256 entries. */
function lowerWithOneValue(context: LoweringContext, operator: BinaryOperator, constant: string): void {
  const [a, b, y] = [...operator.inputs, operator.outputs[0]].map(tensor => quantizedTensor(context, tensor));
  const isFirst = a.name === constant;
  const x = isFirst ? b : a;
  if (x.shape.join() !== y.shape.join())
    throw new Refusal(`it makes [${y.shape.join(', ')}] of [${x.shape.join(', ')}]; the chip does not broadcast`);
  const input = valueOf(context, x.name);
  const entries = new Int32Array(256);
  const value = tensorOf(context, constant).data?.[0];
  if (value !== undefined) {
    const compute = pairRule(operator, a, b, y);
    for (let stored = -128; stored < 128; stored++) {
      const other = stored + x.offset;
      entries[stored & 255] = (isFirst ? compute(Number(value), other) : compute(other, Number(value))) - y.offset;
    }
  }
  const output = defineLike(context, y.name, input);
  addTablePass(
    context,
    operator.name,
    operator.kind,
    input.node,
    output,
    { multiplier: 0, shift: 0, entries },
    { low: -128, high: 127 },
  );
}

/** The operator's rule for one pair of values. */
function pairRule(
  operator: BinaryOperator,
  a: QuantizedTensor,
  b: QuantizedTensor,
  y: QuantizedTensor,
): (left: number, right: number) => number {
  const { function: name, clamp } = operator.attributes;
  const range = outputRange(y.elementType, clamp);
  const [az, bz, yz] = [a, b, y].map(({ quantization }) => quantization.zeroPoints[0]);
  if (name === 'mul') {
    const scale = multiplicationScale(a.quantization, b.quantization, y.quantization);
    return (left, right) => requantizeProduct((left - az) * (right - bz), scale, yz, range);
  }
  if (name !== 'add') throw new Refusal(`element-wise ${name} of integers has no rule`);
  if (additionIsExchanged(a.shape, b.shape, y.shape)) {
    const constants = additionConstants(b.quantization, a.quantization, y.quantization);
    return (left, right) => addQuantized(right, left, constants, range);
  }
  const constants = additionConstants(a.quantization, b.quantization, y.quantization);
  return (left, right) => addQuantized(left, right, constants, range);
}

/**
 * A constant with one value per channel as a feature map like `map`: a pointwise convolution of `map` whose weights are
 * zero and whose biases are the values.
 */
function constantMap(
  context: LoweringContext,
  name: string,
  constant: QuantizedTensor,
  y: QuantizedTensor,
  map: LoweredValue,
): LoweredValue {
  const { channels, height, width } = map;
  const values = channelValues(tensorOf(context, constant.name), y.shape, map);
  const output = addNode(context, `${constant.name} (constant)`, channels, height, width, map.node.channelMap);
  const weights: WeightSource = {
    data: new Int8Array(channels),
    zeroPoints: new Int32Array(1),
    outputChannels: channels,
    channels: 1,
    groups: channels,
    kernelHeight: 1,
    kernelWidth: 1,
    parts: 1,
  };
  addWork(context, [
    {
      work: {
        form: 'convolution',
        name: `${name} (constant)`,
        operator: 'copy',
        multiplyAccumulates: 0,
        window: pointWindow(map),
        inputs: [map.node],
        output,
        zeroPoint: 0,
        low: -128,
        high: 127,
        weights,
        requantization: {
          kind: 'weights',
          inputZeroPoint: 0,
          inputScale: 1,
          weightScales: Float32Array.of(1),
          outputScale: 1,
          ...(values === undefined ? {} : { bias: values.map(value => value - constant.offset) }),
        },
      },
      commit: () => undefined,
    },
  ]);
  return { ...map, node: output };
}

/** Values of a constant that is broadcast over all but the channels; undefined in a network without weights. */
function channelValues(
  { name, shape, data }: Tensor,
  output: readonly number[],
  map: LoweredValue,
): Int32Array | undefined {
  const full = [...new Array<number>(output.length - shape.length).fill(1), ...shape];
  const channelAxis = axisOfChannels(map);
  const isPerChannel =
    channelAxis !== undefined && full.every((extent, axis) => extent === (axis === channelAxis ? output[axis] : 1));
  // Of a map of one pixel, every order of dimensions is that of the channels.
  if (!isPerChannel && !(map.height * map.width === 1 && elementCount(shape) === map.channels)) {
    throw new Refusal(
      `its operand '${name}' is a constant of shape [${shape.join(', ')}]; the chip adds constants of one value, or of one value per channel`,
    );
  }
  return data === undefined ? undefined : Int32Array.from(data as ArrayLike<number>, Number);
}

/** Dimension of a tensor along which its channels run, where it has the map's own dimensions, in whatever order. */
function axisOfChannels({ isFeatureMap, moves, channels, height, width }: LoweredValue): number | undefined {
  if (moves.length === 0) return isFeatureMap ? 1 : undefined;
  const [{ shape, permutation }] = moves;
  return moves.length === 1 && shape.join() === [1, channels, height, width].join()
    ? permutation.indexOf(1)
    : undefined;
}
