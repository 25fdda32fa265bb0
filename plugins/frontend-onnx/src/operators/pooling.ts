import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, refuse } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';
import { shapeText } from './broadcast.js';
import { quantizedTensors } from './quantized-node.js';
import { always, type OperatorTable, since } from './rule.js';
import { resolveWindow, type Window, windowAttributeNames, windowAttributes } from './window.js';

const channelsLast = 'it has its channels last; only channels first is supported';
const quantizedPlaces = { tensor: 0, scale: 1, zeroPoint: 2 };
const quantizedResult = { scale: 3, zeroPoint: 4 };

/** Pooling over windows and over whole feature maps. */
export const poolingRules: OperatorTable = {
  MaxPool: {
    // The order of storage concerns the indices, which are refused where they are read.
    attributes: { ...windowAttributeNames, ceil_mode: since(10), dilations: since(10), storage_order: since(8) },
    shape(node) {
      const pooled = pooledType(node);
      return node.outputs.length > 1 ? [pooled, { elementType: 'int64', shape: pooled.shape }] : [pooled];
    },
    translate(node, build) {
      const window = planeWindow(node);
      if (window instanceof Refusal) return window;
      if (node.hasFurtherResults) return refuse('its second result, the indices of the largest values, is read');
      return build.emit('maxPool', [build.input(0)], [build.output()], windowAttributes(window));
    },
  },
  AveragePool: {
    attributes: { ...windowAttributeNames, ceil_mode: since(10), count_include_pad: always, dilations: since(19) },
    shape: node => [pooledType(node)],
    translate(node, build) {
      const window = averageWindow(node);
      return window instanceof Refusal
        ? window
        : build.emit('averagePool', [build.input(0)], [build.output()], {
            ...windowAttributes(window),
            countIncludePad: countsPadding(node),
          });
    },
  },
  'com.microsoft:QLinearAveragePool': {
    attributes: { ...windowAttributeNames, ceil_mode: always, channels_last: always, count_include_pad: always },
    shape: node =>
      isChannelsLast(node) ? refuse(channelsLast) : [{ ...pooledType(node), elementType: resultElementType(node) }],
    translate(node, build) {
      const tensors = quantizedTensors(node, build, [quantizedPlaces], quantizedResult);
      if (tensors instanceof Refusal) return tensors;
      const window = averageWindow(node);
      if (window instanceof Refusal) return window;
      return build.emit('averagePool', tensors.inputs, [tensors.output], {
        ...windowAttributes(window),
        countIncludePad: countsPadding(node),
      });
    },
  },
  GlobalAveragePool: {
    attributes: {},
    shape: node => [globalType(node)],
    translate: (node, build) =>
      globalAverage(node, build, () => ({ inputs: [build.input(0)], output: build.output() })),
  },
  'com.microsoft:QLinearGlobalAveragePool': {
    attributes: { channels_last: always },
    shape: node =>
      isChannelsLast(node) ? refuse(channelsLast) : [{ ...globalType(node), elementType: resultElementType(node) }],
    translate: (node, build) =>
      globalAverage(node, build, () => quantizedTensors(node, build, [quantizedPlaces], quantizedResult)),
  },
  GlobalMaxPool: {
    attributes: {},
    shape: node => [globalType(node)],
    translate(node, build) {
      const [, , rows, columns, ...rest] = node.shape(0);
      if (columns === undefined || rest.length > 0) return refuse('only rows and columns are supported');
      return build.emit('maxPool', [build.input(0)], [build.output()], {
        kernel: [rows, columns],
        stride: [1, 1],
        dilation: [1, 1],
        padding: [0, 0, 0, 0],
      });
    },
  },
  LpPool: {
    attributes: { ...windowAttributeNames, ceil_mode: since(18), dilations: since(18), p: always },
    shape: node => [pooledType(node)],
  },
  GlobalLpPool: { attributes: { p: always }, shape: node => [globalType(node)] },
};

function globalAverage(
  node: GraphNode,
  build: NodeBuilder,
  tensors: () => { readonly inputs: readonly string[]; readonly output: string } | Refusal,
): Refusal | undefined {
  const named = tensors();
  if (named instanceof Refusal) return named;
  if (node.shape(0).length !== 4) return refuse('only rows and columns are supported');
  return build.emit('globalAveragePool', named.inputs, [named.output], {});
}

function windowOf(node: GraphNode): Window {
  const shape = node.shape(0);
  const kernel = node.integers('kernel_shape');
  if (shape.length < 3) throw node.error(`its input ${shapeText(shape)} has no rows`);
  if (kernel === undefined) throw node.error('attribute kernel_shape is missing');
  return resolveWindow(node, shape.slice(2), kernel);
}

function pooledType(node: GraphNode): TensorType {
  const { elementType, shape } = node.type(0);
  return { elementType, shape: [...shape.slice(0, 2), ...windowOf(node).output] };
}

function globalType(node: GraphNode): TensorType {
  const { elementType, shape } = node.type(0);
  if (shape.length < 3) throw node.error(`its input ${shapeText(shape)} has no rows`);
  return { elementType, shape: shape.map((extent, index) => (index < 2 ? extent : 1)) };
}

/** Zero points are optional in these operators; the result then has the input's type. */
function resultElementType(node: GraphNode): TensorType['elementType'] {
  return node.has(4) ? node.type(4).elementType : node.type(0).elementType;
}

function planeWindow(node: GraphNode): Window | Refusal {
  if (node.shape(0).length !== 4)
    return refuse(`it pools over ${node.shape(0).length - 2} dimension(s); only rows and columns are supported`);
  const window = windowOf(node);
  const outside = window.kernel.some((extent, index) => {
    const reach = (extent - 1) * window.dilation[index] + 1;
    return (
      window.before[index] >= reach ||
      (window.output[index] - 1) * window.stride[index] >= window.before[index] + node.shape(0)[index + 2]
    );
  });
  return outside ? refuse('some of its windows lie wholly in the padding') : window;
}

function averageWindow(node: GraphNode): Window | Refusal {
  const window = planeWindow(node);
  if (!(window instanceof Refusal) && countsPadding(node) && window.beyond.some(extra => extra > 0)) {
    return refuse('it counts padding in its means and its ceil_mode reads beyond that padding');
  }
  return window;
}

function countsPadding(node: GraphNode): boolean {
  return node.integer('count_include_pad', 0) !== 0;
}

function isChannelsLast(node: GraphNode): boolean {
  return node.integer('channels_last', 0) !== 0;
}
