import type { GraphNode } from '../graph/node.js';
import { refuse } from '../graph/value.js';
import { shapeText } from './broadcast.js';
import { always, type OperatorTable, since } from './rule.js';

/** Operators that change the extents of feature maps without learned weights. */
export const resamplingRules: OperatorTable = {
  SpaceToDepth: {
    // Released in set 28; files that say 27 have it too.
    attributes: { blocksize: always, mode: since(27) },
    shape(node) {
      const [batch, channels, rows, columns] = planes(node);
      const block = blockSize(node);
      if (rows % block !== 0 || columns % block !== 0)
        throw node.error(`${shapeText(node.shape(0))} cannot be cut into blocks of ${block}`);
      return [
        {
          elementType: node.type(0).elementType,
          shape: [batch, channels * block * block, rows / block, columns / block],
        },
      ];
    },
    translate(node, build) {
      const mode = node.text('mode', 'DCR');
      const order = mode === 'DCR' ? 'blocksFirst' : mode === 'CRD' ? 'channelsFirst' : undefined;
      if (order === undefined) return refuse(`its mode '${mode}' is not known`);
      return build.emit('spaceToDepth', [build.input(0)], [build.output()], { block: blockSize(node), order });
    },
  },
  DepthToSpace: {
    attributes: { blocksize: always, mode: since(11) },
    shape(node) {
      const [batch, channels, rows, columns] = planes(node);
      const block = blockSize(node);
      const mode = node.text('mode', 'DCR');
      if (mode !== 'DCR' && mode !== 'CRD') return refuse(`its mode '${mode}' is not known; there are DCR and CRD`);
      if (channels % (block * block) !== 0)
        throw node.error(`${channels} channels cannot be spread over blocks of ${block}`);
      return [
        {
          elementType: node.type(0).elementType,
          shape: [batch, channels / (block * block), rows * block, columns * block],
        },
      ];
    },
  },
  Resize: {
    attributes: {
      antialias: since(18),
      axes: since(18),
      coordinate_transformation_mode: since(11),
      cubic_coeff_a: since(11),
      exclude_outside: since(11),
      extrapolation_value: since(11),
      keep_aspect_ratio_policy: since(18),
      mode: always,
      nearest_mode: since(11),
    },
    shape(node) {
      const { elementType, shape } = node.type(0);
      if (node.integers('axes') !== undefined || node.text('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
        return refuse('it resizes some axes only or keeps the aspect ratio');
      if (node.text('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize')
        return refuse('it crops a region before it resizes');
      const sized = node.has(3);
      const values = node.numbers(sized ? 3 : node.inputs.length > 2 ? 2 : 1);
      if (values.length !== shape.length)
        throw node.error(`its sizes or scales ${shapeText(values)} do not fit ${shapeText(shape)}`);
      const result = sized ? values : shape.map((extent, index) => Math.floor(extent * values[index]));
      if (!result.every(extent => extent > 0 && Number.isSafeInteger(extent)))
        throw node.error(`its result would have the shape ${shapeText(result)}`);
      return [{ elementType, shape: result }];
    },
  },
};

function planes(node: GraphNode): readonly number[] {
  const shape = node.shape(0);
  if (shape.length !== 4) throw node.error(`its input ${shapeText(shape)} is no batch of feature maps`);
  return shape;
}

function blockSize(node: GraphNode): number {
  const block = node.integer('blocksize', 0);
  if (block < 1 || block > 2 ** 16) throw node.error(`blocksize ${block} is not a positive number`);
  return block;
}
