import type { NodeBuilder } from '../build/node-builder.js';
import type { GraphNode } from '../graph/node.js';
import { Refusal, refuse } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';
import { shapeText } from './broadcast.js';
import { quantizedTensors } from './quantized-node.js';
import { always, type KnownAttributes, type OperatorTable } from './rule.js';
import { resolveWindow, type Window, windowAttributeNames, windowAttributes } from './window.js';

/** Places of a convolution's tensors among its inputs. */
interface ConvolutionInputs {
  readonly weight: number;
  readonly bias: number;
}

const float: ConvolutionInputs = { weight: 1, bias: 2 };
const quantized: ConvolutionInputs = { weight: 3, bias: 8 };

const convolutionAttributes: KnownAttributes = { ...windowAttributeNames, dilations: always, group: always };

/** Conv, QLinearConv, ConvInteger, ConvTranspose. */
export const convolutionRules: OperatorTable = {
  Conv: {
    attributes: convolutionAttributes,
    shape: node => [{ elementType: node.type(0).elementType, shape: convolutionShape(node, float) }],
    translate(node, build) {
      const refusal = unsuitable(node, build, float);
      if (refusal !== undefined) return refusal;
      const inputs = [build.input(0), build.input(1), ...(node.has(2) ? [build.input(2)] : [])];
      return build.emit('conv', inputs, [build.output()], attributesOf(node, float));
    },
  },
  QLinearConv: {
    attributes: convolutionAttributes,
    shape: node => [{ elementType: node.type(7).elementType, shape: convolutionShape(node, quantized) }],
    translate(node, build) {
      const tensors = quantizedTensors(
        node,
        build,
        [
          { tensor: 0, scale: 1, zeroPoint: 2 },
          { tensor: 3, scale: 4, zeroPoint: 5, axis: 0 },
        ],
        { scale: 6, zeroPoint: 7 },
      );
      if (tensors instanceof Refusal) return tensors;
      const refusal = unsuitable(node, build, quantized);
      if (refusal !== undefined) return refusal;
      const inputs = [...tensors.inputs, ...(node.has(8) ? [build.input(8)] : [])];
      return build.emit('conv', inputs, [tensors.output], attributesOf(node, quantized));
    },
  },
  ConvInteger: {
    attributes: convolutionAttributes,
    shape: node => [{ elementType: 'int32', shape: convolutionShape(node, { weight: 1, bias: 99 }) }],
    translate: () =>
      refuse(
        'it belongs to dynamic quantisation, whose scales are computed while it runs; quantise the network statically',
      ),
  },
  ConvTranspose: {
    attributes: { ...convolutionAttributes, output_padding: always, output_shape: always },
    shape: transposedShape,
  },
};

function convolutionShape(node: GraphNode, places: ConvolutionInputs): readonly number[] {
  const x = node.shape(0);
  const weight = node.shape(places.weight);
  if (x.length < 3 || weight.length !== x.length)
    throw node.error(
      `input ${shapeText(x)} and weights ${shapeText(weight)} must have the same number of dimensions, three or more`,
    );
  const group = groupOf(node);
  if (weight[1] * group !== x[1])
    throw node.error(
      `weights ${shapeText(weight)} in ${group} group(s) take ${weight[1] * group} channels, but the input ${shapeText(x)} has ${x[1]}`,
    );
  if (weight[0] % group !== 0 || weight[0] < 1)
    throw node.error(`${weight[0]} output channels cannot be split into ${group} groups`);
  if (node.has(places.bias)) {
    const bias = node.shape(places.bias);
    if (bias.length !== 1 || bias[0] !== weight[0])
      throw node.error(`bias ${shapeText(bias)} does not have one entry for each of ${weight[0]} output channels`);
  }
  return [x[0], weight[0], ...windowOf(node, places).output];
}

function windowOf(node: GraphNode, places: ConvolutionInputs): Window {
  const kernel = node.shape(places.weight).slice(2);
  const stated = node.integers('kernel_shape');
  if (stated !== undefined && shapeText(stated) !== shapeText(kernel))
    throw node.error(
      `attribute kernel_shape ${shapeText(stated)} contradicts the weights ${shapeText(node.shape(places.weight))}`,
    );
  return resolveWindow(node, node.shape(0).slice(2), kernel);
}

function attributesOf(
  node: GraphNode,
  places: ConvolutionInputs,
): ReturnType<typeof windowAttributes> & { readonly group: number } {
  return { ...windowAttributes(windowOf(node, places)), group: groupOf(node) };
}

function groupOf(node: GraphNode): number {
  const group = node.integer('group', 1);
  if (group < 1 || !Number.isSafeInteger(group)) throw node.error(`group ${group} is not a positive number`);
  return group;
}

function unsuitable(node: GraphNode, build: NodeBuilder, places: ConvolutionInputs): Refusal | undefined {
  if (node.shape(0).length !== 4)
    return refuse(`it convolves over ${node.shape(0).length - 2} dimension(s); only rows and columns are supported`);
  return build.isWeight(node.input(places.weight)) ? undefined : refuse('its weights are computed while it runs');
}

function transposedShape(node: GraphNode): readonly TensorType[] {
  const x = node.shape(0);
  const weight = node.shape(1);
  const rank = x.length - 2;
  if (rank < 1 || weight.length !== x.length || weight[0] !== x[1])
    throw node.error(`weights ${shapeText(weight)} do not fit the input ${shapeText(x)}`);
  const channels = weight[1] * groupOf(node);
  const values = (name: string, otherwise: number, count = rank): readonly number[] => {
    const list = node.integers(name) ?? new Array<number>(count).fill(otherwise);
    if (list.length !== count) throw node.error(`${name} ${shapeText(list)} must have ${count} entries`);
    return list;
  };
  const [strides, dilations, extra] = [values('strides', 1), values('dilations', 1), values('output_padding', 0)];
  const automatic = node.text('auto_pad', 'NOTSET');
  const pads = automatic === 'NOTSET' ? values('pads', 0, 2 * rank) : new Array<number>(2 * rank).fill(0);
  const spatial =
    node.integers('output_shape')?.slice(-rank) ??
    x
      .slice(2)
      .map((extent, index) =>
        automatic.startsWith('SAME')
          ? extent * strides[index]
          : strides[index] * (extent - 1) +
            extra[index] +
            (weight[index + 2] - 1) * dilations[index] +
            1 -
            pads[index] -
            pads[index + rank],
      );
  if (spatial.length !== rank || spatial.some(extent => extent < 1))
    throw node.error(`its result would have the extents ${shapeText(spatial)}`);
  return [{ elementType: node.type(0).elementType, shape: [x[0], channels, ...spatial] }];
}
