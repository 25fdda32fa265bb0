import { readFileSync } from 'node:fs';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import {
  averageScale,
  createTensorData,
  lookupTable,
  numericArray,
  outputRange,
  requantizeAccumulator,
  type BinaryFunction,
  type Network,
  type NumericArray,
  type Quantization,
  type Tensor,
  type UnaryFunction,
} from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

type ByteType = 'int8' | 'uint8';
interface BinaryRecord {
  readonly type: ByteType;
  readonly mode: 'general' | 'aBroadcast' | 'bBroadcast';
  readonly scales: number[];
  readonly zeroPoints: number[];
  readonly points: number[][];
}
interface TableRecord {
  readonly type: ByteType;
  readonly function: UnaryFunction;
  readonly alpha?: number;
  readonly scales: number[];
  readonly zeroPoints: number[];
  readonly outputs: number[];
}
interface AverageRecord {
  readonly type: ByteType;
  readonly count: number;
  readonly scales: number[];
  readonly zeroPoint: number;
  readonly sums: number[];
  readonly outputs: number[];
}

/** What ONNX Runtime answered; the file says where it comes from. */
const recorded = JSON.parse(readFileSync(new URL('recorded-rules.json', import.meta.url), 'utf8')) as {
  readonly add: BinaryRecord[];
  readonly mul: BinaryRecord[];
  readonly table: TableRecord[];
  readonly globalAverage: AverageRecord[];
};

const rules = suite('integer rules as recorded from ONNX Runtime');

function quantization(scale: number, zeroPoint: number): Quantization {
  return { scales: Float32Array.of(scale), zeroPoints: Int32Array.of(zeroPoint) };
}

/** Runs a sum or product on points, laid out so that operands broadcast as they did when recorded. */
function runBinary(name: BinaryFunction, { type, mode, scales, zeroPoints, points }: BinaryRecord): number[] {
  const aShape = mode === 'aBroadcast' ? [points.length, 1] : [points.length, 2];
  const bShape = mode === 'bBroadcast' ? [points.length, 1] : [points.length, 2];
  const tensor = (key: string, index: number, shape: number[], role: Tensor['role']): Tensor => ({
    name: key,
    elementType: type,
    shape,
    role,
    quantization: quantization(scales[index], zeroPoints[index]),
  });
  const tensors = [
    tensor('a', 0, aShape, 'input'),
    tensor('b', 1, bShape, 'input'),
    tensor('y', 2, [points.length, 2], 'output'),
  ];
  const network: Network = {
    name: 'binary',
    source: 'test',
    weightless: false,
    inputs: ['a', 'b'],
    outputs: ['y'],
    tensors: new Map(tensors.map(entry => [entry.name, entry])),
    operators: [
      {
        name: 'o',
        kind: 'binary',
        sourceType: 'QLinear',
        inputs: ['a', 'b'],
        outputs: ['y'],
        attributes: { function: name },
      },
    ],
  };
  const operand = (index: 0 | 1, shape: number[]): NumericArray => {
    const data = createTensorData(type, points.length * shape[1]) as Int8Array;
    points.forEach((point, row) => data.fill(point[index], row * shape[1], (row + 1) * shape[1]));
    return numericArray(shape, type, data);
  };
  const y = executeNetwork(
    network,
    new Map([
      ['a', operand(0, aShape)],
      ['b', operand(1, bShape)],
    ]),
  ).get('y') as NumericArray;
  return points.map((_, row) => Number(y.data[2 * row]));
}

for (const name of ['add', 'mul'] as const) {
  rules(`quantised ${name}, also with a broadcast operand`, () => {
    for (const record of recorded[name])
      assert.equal(
        runBinary(name, record),
        record.points.map(point => point[2]),
        `${record.type} ${record.mode} ${record.scales.join(' ')}`,
      );
  });
}

rules('sigmoid and leaky relu tables', () => {
  for (const { type, function: name, alpha, scales, zeroPoints, outputs } of recorded.table) {
    const tensor = (index: number): Tensor => ({
      name: 't',
      elementType: type,
      shape: [256],
      role: 'intermediate',
      quantization: quantization(scales[index], zeroPoints[index]),
    });
    const attributes = alpha === undefined ? { function: name } : { function: name, alpha };
    const table = lookupTable(
      { name: 'u', kind: 'unary', sourceType: 'QLinear', inputs: [], outputs: [], attributes },
      tensor(0),
      tensor(1),
    );
    const lowest = type === 'int8' ? -128 : 0;
    assert.equal(
      Array.from({ length: 256 }, (_, index) => table[(index + lowest) & 255]),
      outputs,
    );
  }
});

rules('global average pool', () => {
  for (const { type, count, scales, zeroPoint, sums, outputs } of recorded.globalAverage) {
    const scale = averageScale(scales[0], scales[1], count);
    assert.equal(
      sums.map(sum => requantizeAccumulator(sum, scale, zeroPoint, outputRange(type))),
      outputs,
    );
  }
});

rules.run();
