import { elementCount, productOf, type Operator, type PlacedNetwork, type PlacementRule } from '@autodnnchip/core';
import { activationOf } from './operator-roles.js';

/** What models run that do not declare it: all kinds of layers, with ReLU and clipping in the output stage. */
export const usualPlaces: PlacementRule = operator => {
  const activation = activationOf(operator);
  if (activation === undefined) return 'layer';
  return activation === 'relu' || activation === 'clip'
    ? 'fused'
    : { elsewhere: `the model of this accelerator does not say that it runs ${activation}` };
};

const onProcessor = 'runs on the processor beside the core';

/**
 * DPUCZDX8G (AMD PG338, and the vendor's compiler in UG1414): convolutions with constant weights, ReLU, ReLU6 and a
 * leaky ReLU of slope 26/256 that stands for 0.1; pooling; sums of maps. The compiler leaves the rest to the processor.
 */
export const dpuPlaces: PlacementRule = (operator, network) => {
  if (productOf(operator) !== undefined) {
    const obstacle = weightObstacle(operator, network);
    if (obstacle !== undefined)
      return { elsewhere: `${onProcessor}: the core multiplies by one tensor of constant weights, and ${obstacle}` };
    return isPaddedBehind(operator)
      ? { elsewhere: `${onProcessor}: the core's transposed convolutions have no output padding` }
      : 'layer';
  }
  switch (operator.kind) {
    case 'unary': {
      const { function: name, alpha } = operator.attributes;
      if (name === 'relu' || (name === 'leakyRelu' && isDpuSlope(alpha))) return 'fused';
      return {
        elsewhere:
          name === 'leakyRelu'
            ? `${onProcessor}: the core has a leaky ReLU of slope 0.1 (26/256) only, not of ${alpha}`
            : `${onProcessor}: the core does not compute ${name}`,
      };
    }
    case 'clip': {
      const { low, high } = operator.attributes;
      return low === 0 && (high === 6 || high === Infinity)
        ? 'fused'
        : { elsewhere: `${onProcessor}: the core clips to 0 and 6 only` };
    }
    case 'binary': {
      const sum = operator.attributes.function === 'add' && operator.inputs.every(name => !network.isConstant(name));
      return sum ? 'layer' : { elsewhere: `${onProcessor}: the core adds feature maps, and no more` };
    }
    case 'softmax':
      return { elsewhere: onProcessor };
    case 'transpose':
      return { elsewhere: `${onProcessor}: the core does not permute dimensions` };
    case 'other': {
      if (operator.sourceType === 'Resize')
        return resizesOnCore(operator, network)
          ? 'layer'
          : {
              elsewhere: `${onProcessor}: the core repeats pixels a whole number of times, or interpolates by 2, 4 and (asymmetric) 8`,
            };
      return dpuOthers.has(operator.sourceType) ? 'layer' : { elsewhere: onProcessor };
    }
    default:
      return 'layer';
  }
};

const dpuOthers: ReadonlySet<string> = new Set([
  'MaxPool',
  'AveragePool',
  'ReduceMean',
  'Concat',
  'Slice',
  'Split',
  'SpaceToDepth',
  'DepthToSpace',
  'Pad',
]);

/** UG1414, operators supported by PyTorch: output padding other than 0 is left to the processor. */
function isPaddedBehind(operator: Operator): boolean {
  const padding = operator.kind === 'other' ? operator.attributes.values['output_padding'] : undefined;
  return Array.isArray(padding) && padding.some(count => count !== 0);
}

/**
 * UG1414, operators supported by TensorFlow and PyTorch: nearest neighbours at a whole factor, and bilinear
 * interpolation by 2, 4 and 8 without aligned corners, with half-pixel centres by 2 and 4.
 */
function resizesOnCore(operator: Operator, { tensors }: PlacedNetwork): boolean {
  if (operator.kind !== 'other') return false;
  const { values } = operator.attributes;
  const [input, output] = [operator.inputs[0], operator.outputs[0]].map(name => tensors.get(name)?.shape ?? []);
  const [batch, channels, ...factors] = output.map((extent, dimension) => extent / input[dimension]);
  if (batch !== 1 || channels !== 1 || factors.length !== 2) return false;
  const transform = values['coordinate_transformation_mode'] ?? 'half_pixel';
  const mode = values['mode'] ?? 'nearest';
  if (mode === 'nearest') return transform !== 'align_corners' && factors.every(Number.isInteger);
  const sizes =
    transform === 'asymmetric'
      ? [2, 4, 8]
      : transform === 'half_pixel' || transform === 'pytorch_half_pixel'
        ? [2, 4]
        : [];
  return mode === 'linear' && factors[0] === factors[1] && sizes.includes(factors[0]);
}

/** 26/256 as the vendor's tools quantise the slope 0.1. */
function isDpuSlope(alpha: number | undefined): boolean {
  return alpha !== undefined && [0.1, 26 / 256].some(slope => Math.abs(alpha - slope) < 1e-6);
}

const onHost = 'runs on the host: the compiler for this accelerator leaves it there';

/**
 * Edge TPU (operators that Coral's compiler takes): constant weights; TFLite fuses ReLU, ReLU6 and the like into the
 * operator before.
 */
export const edgeTpuPlaces: PlacementRule = (operator, network) => {
  if (productOf(operator) !== undefined) {
    const obstacle = weightObstacle(operator, network);
    return obstacle === undefined ? 'layer' : { elsewhere: `${onHost}, for ${obstacle}` };
  }
  switch (operator.kind) {
    case 'unary': {
      const { function: name } = operator.attributes;
      if (name === 'relu') return 'fused';
      return name === 'sigmoid' || name === 'tanh' ? 'layer' : { elsewhere: `${onHost} (${name})` };
    }
    case 'clip': {
      const { low, high } = operator.attributes;
      return (low === 0 && (high === 6 || high === Infinity)) || (low === -1 && high === 1)
        ? 'fused'
        : { elsewhere: `${onHost}, for it clips to other values than 0 and 6 or -1 and 1` };
    }
    case 'binary':
      return operator.attributes.function === 'div' ? { elsewhere: `${onHost} (division)` } : 'layer';
    case 'other':
      return edgeTpuOthers.has(operator.sourceType) && !isCubic(operator) ? 'layer' : { elsewhere: onHost };
    default:
      return 'layer';
  }
};

const edgeTpuOthers: ReadonlySet<string> = new Set([
  'MaxPool',
  'AveragePool',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'ReduceMin',
  'Resize',
  'Concat',
  'Slice',
  'Split',
  'SpaceToDepth',
  'Pad',
  'Min',
  'Max',
  'PRelu',
  'Softmax',
  'QLinearSoftmax',
  'LRN',
]);

/**
 * TensorRT: convolutions take ReLU, its leaky form and clipping along; whatever else works value by value is a kernel
 * of its own.
 */
export const gpuPlaces: PlacementRule = operator => {
  const activation = activationOf(operator);
  return activation === 'relu' || activation === 'clip' || activation === 'leakyRelu' ? 'fused' : 'layer';
};

/** TensorRT before it had ReLU6: clips are layers of several kernels. */
export const gpuPlacesWithoutClip: PlacementRule = (operator, network) =>
  activationOf(operator) === 'clip' ? 'layer' : gpuPlaces(operator, network);

/**
 * Eyeriss (JSSC 2017): convolutions and fully connected layers on the array, ReLU on the way out; the host does the
 * rest.
 */
export const rowStationaryPlaces: PlacementRule = (operator, network) => {
  const elsewhere = {
    elsewhere: 'the chip computes convolutions and fully connected layers; the host computes the rest',
  };
  const product = productOf(operator);
  if (product !== undefined) {
    if (product.form === 'transposedConvolution') return elsewhere;
    const obstacle = weightObstacle(operator, network);
    return obstacle === undefined
      ? 'layer'
      : { elsewhere: `${obstacle}, and nothing is published about that; the host computes it` };
  }
  return activationOf(operator) === 'relu' ? 'fused' : elsewhere;
};

const unpublished = { elsewhere: 'nothing is published about how, and how fast, the chip would compute it' } as const;
/** What the arithmetic units interpolate in 16 pieces. */
const interpolated: ReadonlySet<string> = new Set(['relu', 'leakyRelu', 'clip', 'sigmoid', 'tanh', 'hardSigmoid']);

/**
 * ShiDianNao (ISCA 2015): convolution, classifier and pooling layers, operations on two matrices, activations by
 * interpolation.
 */
export const outputStationaryPlaces: PlacementRule = (operator, network) => {
  const product = productOf(operator);
  if (product !== undefined)
    return product.form !== 'transposedConvolution' && weightObstacle(operator, network) === undefined
      ? 'layer'
      : unpublished;
  const activation = activationOf(operator);
  if (activation !== undefined) return interpolated.has(activation) ? 'fused' : unpublished;
  switch (operator.kind) {
    case 'softmax':
      return unpublished;
    case 'other':
      return outputStationaryOthers.has(operator.sourceType) ? 'layer' : unpublished;
    default:
      return 'layer';
  }
};

const outputStationaryOthers: ReadonlySet<string> = new Set(['MaxPool', 'AveragePool', 'Concat', 'Slice', 'Split']);

/** What keeps a product from one tensor of constant weights, for a sentence; undefined where it has them. */
function weightObstacle(operator: Operator, { isConstant, tensors }: PlacedNetwork): string | undefined {
  const product = productOf(operator);
  if (product === undefined) return undefined;
  if (!isConstant(product.weight))
    return product.form === 'matrix' && isConstant(product.x)
      ? 'its constant is the first factor'
      : 'its weights are computed';
  const matrices = product.form === 'matrix' ? elementCount(tensors.get(product.weight)?.shape.slice(0, -2) ?? []) : 1;
  return matrices === 1 ? undefined : `it has ${matrices} matrices of weights`;
}

function isCubic(operator: Operator): boolean {
  return operator.kind === 'other' && operator.attributes.values['mode'] === 'cubic';
}
