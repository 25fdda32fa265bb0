import { type ElementType, elementCount } from '@autodnnchip/core';
import type { GraphNode } from '../graph/node.js';
import { refuse } from '../graph/value.js';
import { type TensorType, toTensorData } from '../tensors/constant.js';
import { findDataType } from '../tensors/data-types.js';
import { shapeText } from './broadcast.js';
import { always, type FoldRule, type OperatorTable, since } from './rule.js';

/** Operators that make constants, shapes and other element types. */
export const constantRules: OperatorTable = {
  Constant: {
    attributes: {
      value: always,
      value_float: since(12),
      value_floats: since(12),
      value_int: since(12),
      value_ints: since(12),
      value_string: since(12),
      value_strings: since(12),
      sparse_value: since(11),
    },
    shape: node => constantType(node),
    fold: foldConstant,
  },
  ConstantOfShape: {
    attributes: { value: always },
    shape(node) {
      const shape = node.numbers(0);
      if (shape.some(extent => extent < 0 || !Number.isSafeInteger(extent)))
        throw node.error(`${shapeText(shape)} is no shape`);
      return [{ elementType: node.tensor('value')?.elementType ?? 'float32', shape }];
    },
    fold(node, results) {
      const [{ elementType, shape }] = results;
      const value = node.tensor('value')?.scalar() ?? 0;
      return [toTensorData(elementType, new Float64Array(elementCount(shape)).fill(value))];
    },
  },
  Shape: {
    attributes: { start: since(15), end: since(15) },
    shape: node => [{ elementType: 'int64', shape: [shapeSlice(node).length] }],
    shapeOnly: true,
    fold: node => [toTensorData('int64', shapeSlice(node))],
  },
  Size: {
    attributes: {},
    shape(node) {
      node.shape(0);
      return [{ elementType: 'int64', shape: [] }];
    },
    shapeOnly: true,
    fold: node => [toTensorData('int64', [elementCount(node.shape(0))])],
  },
  Range: {
    // The precision in which 16-bit floats are added up; the network's are 32 bits wide.
    attributes: { stash_type: since(27) },
    shape: node => [{ elementType: node.type(0).elementType, shape: [rangeOf(node).count] }],
    fold(node, results) {
      const { start, step, count } = rangeOf(node);
      return [
        toTensorData(
          results[0].elementType,
          Float64Array.from({ length: count }, (_, index) => start + index * step),
        ),
      ];
    },
  },
  Cast: {
    // Both about 8-bit floats, which are refused.
    attributes: { to: always, saturate: since(19), round_mode: since(24) },
    shape: node => [{ elementType: castTarget(node), shape: node.shape(0) }],
    fold: foldCast,
    quantizedWeights: 'keeps',
    translate: (node, build) =>
      node.type(0).elementType === castTarget(node)
        ? build.pass()
        : refuse(`it converts ${node.type(0).elementType} to ${castTarget(node)}`),
  },
  EyeLike: {
    attributes: { dtype: always, k: always },
    shape(node) {
      const { elementType, shape } = node.type(0);
      if (shape.length !== 2) throw node.error(`${shapeText(shape)} is no matrix`);
      const code = node.integer('dtype', 0);
      return [{ elementType: code === 0 ? elementType : (findDataType(code)?.elementType ?? elementType), shape }];
    },
    shapeOnly: true,
    fold(
      node,
      [
        {
          elementType,
          shape: [rows, columns],
        },
      ],
    ) {
      const values = new Float64Array(rows * columns);
      const shift = node.integer('k', 0);
      for (let row = Math.max(0, -shift); row < rows && row + shift < columns; row++)
        values[row * columns + row + shift] = 1;
      return [toTensorData(elementType, values)];
    },
  },
  CastLike: {
    attributes: { saturate: since(19), round_mode: since(24) },
    shape: node => [{ elementType: node.type(1).elementType, shape: node.shape(0) }],
    fold: foldCast,
    quantizedWeights: 'keeps',
    translate: (node, build) =>
      node.type(0).elementType === node.type(1).elementType
        ? build.pass()
        : refuse(`it converts ${node.type(0).elementType} to ${node.type(1).elementType}`),
  },
};

function constantType(node: GraphNode): ReturnType<OperatorTable[string]['shape']> {
  const tensor = node.tensor('value');
  if (tensor !== undefined) return [{ elementType: tensor.elementType, shape: tensor.shape }];
  const numbers = numbersOf(node);
  return numbers === undefined
    ? refuse('it holds no numbers')
    : [{ elementType: numbers.elementType, shape: numbers.shape }];
}

function foldConstant(node: GraphNode): ReturnType<FoldRule> {
  const tensor = node.tensor('value');
  if (tensor !== undefined) return [tensor.data()];
  const numbers = numbersOf(node);
  return [numbers === undefined ? undefined : toTensorData(numbers.elementType, numbers.values)];
}

/** The forms of Constant that hold plain numbers. */
function numbersOf(node: GraphNode): (TensorType & { readonly values: readonly number[] }) | undefined {
  const kind = [...node.attributes.keys()].find(name => name.startsWith('value_'));
  switch (kind) {
    case 'value_float':
      return { elementType: 'float32', shape: [], values: [node.float(kind, 0)] };
    case 'value_int':
      return { elementType: 'int64', shape: [], values: [node.integer(kind, 0)] };
    case 'value_ints':
      return list('int64', node.integers(kind) ?? []);
    case 'value_floats':
      return list('float32', node.floats(kind) ?? []);
    default:
      return undefined;
  }
}

function list(
  elementType: ElementType,
  values: readonly number[],
): TensorType & { readonly values: readonly number[] } {
  return { elementType, shape: [values.length], values };
}

/** Dimensions `start` to `end` of the input's shape (operator set 15; all of them before). */
function shapeSlice(node: GraphNode): readonly number[] {
  const shape = node.shape(0);
  return shape.slice(node.integer('start', 0), node.integer('end', shape.length));
}

function rangeOf(node: GraphNode): { readonly start: number; readonly step: number; readonly count: number } {
  const [start, limit, step] = [0, 1, 2].map(index => onlyNumber(node, index));
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (!Number.isSafeInteger(count)) throw node.error(`${start} to ${limit} by ${step} is no range`);
  return { start, step, count };
}

function onlyNumber(node: GraphNode, index: number): number {
  if ((node.constant(index)?.size ?? 1) !== 1) throw node.error(`its input ${index} is not one number`);
  return node.numbers(index)[0];
}

function castTarget(node: GraphNode): ElementType {
  const code = node.integer('to', 0);
  const type = findDataType(code);
  if (type === undefined) throw node.error(`it converts to element type number ${code}, which is not supported`);
  return type.elementType;
}

function foldCast(node: GraphNode, results: readonly TensorType[]): ReturnType<FoldRule> {
  const [{ elementType }] = results;
  const constant = node.constant(0);
  if (constant === undefined || constant.elementType === elementType) return [constant?.data()];
  const values = constant.numbers();
  return [values === undefined ? undefined : toTensorData(elementType, values)];
}
