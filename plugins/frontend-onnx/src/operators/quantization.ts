import { elementCount, type ElementType } from '@autodnnchip/core';
import { readQuantization } from '../build/quantization.js';
import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, refuse } from '../graph/value.js';
import { toTensorData, type TensorType } from '../tensors/constant.js';
import { findDataType } from '../tensors/data-types.js';
import { roundHalfEven } from '../tensors/half-float.js';
import { stridesOf } from '../tensors/pick.js';
import { shapeText } from './broadcast.js';
import { always, type FoldRule, type OperatorRule, type OperatorTable, since } from './rule.js';

const ranges: Partial<Record<ElementType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

const quantizeLinear: OperatorRule = {
  // saturate is about 8-bit floats, which are refused.
  attributes: {
    axis: since(13),
    saturate: since(19),
    block_size: since(21),
    output_dtype: since(21),
    precision: since(23),
  },
  shape: node => blocked(node) ?? [{ elementType: quantizedElementType(node), shape: node.shape(0) }],
  fold: foldQuantize,
  translate(node, build) {
    if (isNarrow(node)) return refuse('it quantises to 4 bits; only 8 and 16 bits are supported');
    const output = build.quantized(build.output(), { scale: 1, zeroPoint: 2, axis: axisOf(node) });
    return output instanceof Refusal ? output : build.emit('quantize', [build.input(0)], [output], {});
  },
};

const dequantizeLinear: OperatorRule = {
  attributes: { axis: since(13), block_size: since(21), output_dtype: since(23) },
  shape: node => [{ elementType: realType(node), shape: node.shape(0) }],
  fold: foldDequantize,
  quantizedWeights: 'makes',
  translate(node: GraphNode, build: NodeBuilder) {
    const refusal = blocked(node);
    if (refusal !== undefined) return refusal;
    const input = build.quantized(build.input(0), { scale: 1, zeroPoint: 2, axis: axisOf(node) });
    return input instanceof Refusal ? input : build.emit('dequantize', [input], [build.output()], {});
  },
};

/** QuantizeLinear and DequantizeLinear, also those of com.microsoft (16 bit). */
export const quantizationRules: OperatorTable = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  'com.microsoft:QuantizeLinear': { ...quantizeLinear, attributes: { axis: always } },
  'com.microsoft:DequantizeLinear': { ...dequantizeLinear, attributes: { axis: always } },
  DynamicQuantizeLinear: {
    attributes: {},
    shape: node => [
      { elementType: 'uint8', shape: node.shape(0) },
      { elementType: 'float32', shape: [] },
      { elementType: 'uint8', shape: [] },
    ],
    translate: () =>
      refuse(
        'it belongs to dynamic quantisation, whose scales are computed while it runs; quantise the network statically',
      ),
  },
};

function quantizedElementType(node: GraphNode): ElementType {
  if (node.has(2)) return node.type(2).elementType;
  const stated = node.integer('output_dtype', 0);
  const type = stated === 0 ? 'uint8' : findDataType(stated)?.elementType;
  if (type === undefined || ranges[type] === undefined) throw node.error(`output_dtype ${stated} is not supported`);
  return type;
}

function realType(node: GraphNode): ElementType {
  const stated = node.integer('output_dtype', 0);
  const { elementType } = stated === 0 ? node.type(1) : (findDataType(stated) ?? { elementType: undefined });
  if (elementType !== 'float16' && elementType !== 'float32')
    throw node.error(`it dequantises to ${elementType ?? `element type number ${stated}`}, which is not supported`);
  return elementType;
}

function axisOf(node: GraphNode): number {
  const rank = node.shape(0).length;
  const axis = node.integer('axis', 1);
  // The default says 1 even where there is one dimension; it matters only for parameters with several entries.
  return rank < 2 ? 0 : node.axis(axis, rank);
}

/** TensorProto.DataType FLOAT. */
const singlePrecision = 1;

/** 4-bit constants are read as 8-bit ones, but what is quantised to 4 bits saturates earlier. */
function isNarrow(node: GraphNode): boolean {
  return node.constant(2)?.halfBytes === true;
}

function blocked(node: GraphNode): Refusal | undefined {
  const size = node.integer('block_size', 0);
  if (size !== 0) return refuse(`it quantises in blocks of ${size}; only per tensor and per axis are supported`);
  const precision = node.integer('precision', 0);
  return precision === 0 || precision === singlePrecision
    ? undefined
    : refuse(`it divides in element type number ${precision}; only float32 is supported`);
}

/** rint(x / scale) + zero point, saturated, in float32 as ONNX Runtime computes it. */
function foldQuantize(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const [{ elementType, shape }] = results;
  const quantization = readQuantization(node, { scale: 1, zeroPoint: 2, axis: axisOf(node) }, results[0]);
  const range = isNarrow(node) ? (elementType === 'int8' ? [-8, 7] : [0, 15]) : ranges[elementType];
  const values = node.constant(0)?.numbers();
  if (range === undefined || values === undefined || quantization === undefined || quantization instanceof Refusal)
    return [undefined];
  const stride = quantization.axis === undefined ? 1 : stridesOf(shape)[quantization.axis];
  const count = quantization.scales.length;
  return [
    toTensorData(
      elementType,
      values.map((value, index) => {
        const entry = count === 1 ? 0 : Math.floor(index / stride) % count;
        const level = roundHalfEven(Math.fround(value / quantization.scales[entry])) + quantization.zeroPoints[entry];
        return Math.min(Math.max(level, range[0]), range[1]);
      }),
    ),
  ];
}

/** (x - zero point) * scale in float32; scales by tensor, along a dimension, or of a block of elements along it. */
function foldDequantize(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const [{ elementType, shape }] = results;
  const values = node.constant(0)?.numbers();
  const scales = node.constant(1)?.numbers();
  const zeroPoints = node.has(2) ? node.constant(2)?.numbers() : scales?.map(() => 0);
  if (values === undefined || scales === undefined || zeroPoints === undefined) return [undefined];
  const axis = axisOf(node);
  const entries = parameterEntries(node, shape, axis);
  return [
    toTensorData(
      elementType,
      values.map((value, index) => {
        const entry = entries(index);
        return Math.fround(Math.fround(value - zeroPoints[entry]) * scales[entry]);
      }),
    ),
  ];
}

/** Which scale and zero point an element has. Throws where their shape does not fit the tensor. */
function parameterEntries(node: GraphNode, shape: readonly number[], axis: number): (index: number) => number {
  const parameters = node.shape(1);
  if (node.has(2) && elementCount(node.shape(2)) !== elementCount(parameters))
    throw node.error(`has zero points ${shapeText(node.shape(2))} for scales ${shapeText(parameters)}`);
  if (elementCount(parameters) === 1) return () => 0;
  const size = node.integer('block_size', 0);
  const inner = elementCount(shape.slice(axis + 1));
  if (size === 0) {
    if (parameters.length !== 1 || parameters[0] !== shape[axis])
      throw node.error(
        `has scales ${shapeText(parameters)} for a tensor of shape ${shapeText(shape)} along dimension ${axis}`,
      );
    return index => Math.floor(index / inner) % shape[axis];
  }
  const blocks = shape.map((extent, place) => (place === axis ? Math.ceil(extent / size) : extent));
  if (size < 0 || shapeText(parameters) !== shapeText(blocks))
    throw node.error(
      `has scales ${shapeText(parameters)} for a tensor of shape ${shapeText(shape)} in blocks of ${size} along dimension ${axis}`,
    );
  return index => {
    const along = Math.floor(index / inner) % shape[axis];
    const outer = Math.floor(index / (inner * shape[axis]));
    return (outer * blocks[axis] + Math.floor(along / size)) * inner + (index % inner);
  };
}
