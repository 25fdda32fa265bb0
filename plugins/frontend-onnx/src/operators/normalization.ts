import type { GraphNode } from '../graph/node.js';
import { refuse } from '../graph/value.js';
import type { TensorType } from '../tensors/constant.js';
import { sameType } from './activation.js';
import { shapeText } from './broadcast.js';
import { always, type OperatorTable, since, until } from './rule.js';

/** Normalisation over channels, layers and groups. */
export const normalizationRules: OperatorTable = {
  BatchNormalization: {
    attributes: { epsilon: always, momentum: always, spatial: until(8), training_mode: since(14) },
    shape(node) {
      const channels = checkChannels(node, [1, 2, 3, 4]);
      const statistics = { elementType: node.type(3).elementType, shape: [channels] };
      return [node.type(0), ...node.outputs.slice(1).map(() => statistics)];
    },
    translate(node, build) {
      if (node.integer('training_mode', 0) !== 0 || node.hasFurtherResults)
        return refuse('it is in training mode; export the network with model.eval()');
      if (node.outputs.length > 1) {
        build.network.notes.push(
          `BatchNormalization '${node.name}' names ${node.outputs.length} results, as in training, and nobody reads more than the first: it is taken with the mean and variance that the model states, as at inference.`,
        );
      }
      if (node.integer('spatial', 1) === 0) return refuse('it normalises each position on its own (spatial is 0)');
      const inputs = [0, 1, 2, 3, 4].map(index => build.input(index));
      return build.emit('batchNormalization', inputs, [build.output()], {
        epsilon: node.float('epsilon', Math.fround(1e-5)),
      });
    },
  },
  LayerNormalization: { attributes: { axis: always, epsilon: always, stash_type: always }, shape: layerNormalization },
  InstanceNormalization: {
    attributes: { epsilon: always },
    shape(node) {
      checkChannels(node, [1, 2]);
      return [node.type(0)];
    },
  },
  GroupNormalization: { attributes: { epsilon: always, num_groups: always, stash_type: since(21) }, shape: sameType },
  RMSNormalization: { attributes: { axis: always, epsilon: always, stash_type: always }, shape: sameType },
  LRN: { attributes: { alpha: always, beta: always, bias: always, size: always }, shape: sameType },
  LpNormalization: { attributes: { axis: always, p: always }, shape: sameType },
  MeanVarianceNormalization: { attributes: { axes: always }, shape: sameType },
  'com.microsoft:SkipLayerNormalization': { attributes: { epsilon: always }, shape: sameType },
};

function checkChannels(node: GraphNode, parameters: readonly number[]): number {
  const shape = node.shape(0);
  if (shape.length < 2) throw node.error(`its input ${shapeText(shape)} has no channels`);
  for (const index of parameters) {
    const parameter = node.shape(index);
    if (parameter.length !== 1 || parameter[0] !== shape[1])
      throw node.error(`parameter ${index} has the shape ${shapeText(parameter)} for ${shape[1]} channels`);
  }
  return shape[1];
}

function layerNormalization(node: GraphNode): readonly TensorType[] {
  const x = node.type(0);
  const axis = node.axis(node.integer('axis', -1), x.shape.length);
  const parameters = node.shape(1);
  const fits =
    parameters.length <= x.shape.length &&
    parameters.every((extent, index) => extent === 1 || extent === x.shape[index + x.shape.length - parameters.length]);
  if (!fits) throw node.error(`its scale ${shapeText(parameters)} does not fit the input ${shapeText(x.shape)}`);
  const statistics: TensorType = {
    elementType: 'float32',
    shape: x.shape.map((extent, index) => (index < axis ? extent : 1)),
  };
  return [x, ...node.outputs.slice(1).map(() => statistics)];
}
