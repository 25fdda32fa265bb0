import { isDepthwise, isMove } from './dpu-work.js';
import type { LayerWork, NetworkWork } from './layer-work.js';
import type { Facts } from './model.js';

/** Layers that the core runs as one: data goes from engine to engine on the chip, and only the ends touch DDR. */
export interface DpuUnit {
  /** The layer that is charged for it. */
  readonly charged: number;
  /** Depthwise or pooling layer in front of the convolution; all layers of a unit without one. */
  readonly before: readonly LayerWork[];
  readonly convolution: LayerWork | undefined;
  /** Pooling, element-wise or depthwise layers behind the convolution. */
  readonly behind: readonly LayerWork[];
  /** Feature maps that come from DDR. */
  readonly inputs: readonly DdrMap[];
  /** The layer whose output goes to DDR. */
  readonly last: LayerWork;
}

/** A feature map in DDR: as many bytes as values, pixel by pixel. */
export interface DdrMap {
  readonly pixels: number;
  readonly channels: number;
}

/**
 * What the vendor's compiler joins: a pooling layer, or an element-wise one whose other inputs are there, into the
 * convolution before it; a convolution into the pooling layer before it; a depthwise layer with the convolution behind
 * it or before it, which depends on the release (fact `depthwiseJoin`); element-wise layers with each other. Always
 * where the first has no other reader. Concatenation and cutting are matters of addresses; resizing and other moves of
 * values are layers of their own.
 */
export function dpuUnits({ layers }: Pick<NetworkWork, 'layers'>, facts: Facts): readonly DpuUnit[] {
  const readers = layers.map((): number[] => []);
  layers.forEach(({ producers }, index) => {
    for (const producer of producers) if (producer >= 0) readers[producer].push(index);
  });
  const taken = new Set<number>();
  const units: DpuUnit[] = [];
  layers.forEach((head, index) => {
    if (taken.has(index) || (head.kind === 'concat' && !isMove(head)) || head.elsewhere !== undefined) return;
    const chain = [index];
    for (
      let next = onlyReader(readers, index);
      next !== undefined && !taken.has(next) && joins(layers, chain, next, facts['depthwiseJoin']);
      next = onlyReader(readers, next)
    )
      chain.push(next);
    for (const member of chain) taken.add(member);
    units.push(unitOf(layers, chain));
  });
  return units;
}

function onlyReader(readers: readonly (readonly number[])[], index: number): number | undefined {
  return readers[index].length === 1 ? readers[index][0] : undefined;
}

/** Values of the fact `depthwiseJoin`: what the compiler makes one layer of. */
const withConvolutionBehind = 1;
const withConvolutionBefore = 2;

function joins(layers: readonly LayerWork[], chain: readonly number[], next: number, depthwiseJoin: number): boolean {
  const [head, last, layer] = [layers[chain[0]], layers[chain[chain.length - 1]], layers[next]];
  const convolved = chain.some(member => isConvolution(layers[member]));
  if (layer.elsewhere !== undefined) return false;
  switch (layer.kind) {
    case 'pool':
      return last.kind !== 'pool' && last.kind !== 'elementwise' && last.kind !== 'depthwise' && convolved;
    case 'convolution':
      return (
        chain.length === 1 &&
        ((head.kind === 'depthwise' && depthwiseJoin === withConvolutionBehind) || head.kind === 'pool')
      );
    case 'depthwise':
      return last.kind === 'convolution' && depthwiseJoin === withConvolutionBefore;
    case 'elementwise': {
      const ready = layer.producers.every(producer => producer < chain[0] || chain.includes(producer));
      return (
        ready &&
        last.kind !== 'depthwise' &&
        layer.operator !== 'Resize' &&
        head.operator !== 'Resize' &&
        (head.kind === 'elementwise' || head.kind === 'convolution')
      );
    }
    default:
      return false;
  }
}

function unitOf(layers: readonly LayerWork[], chain: readonly number[]): DpuUnit {
  const members = chain.map(index => layers[index]);
  const middle = members.findIndex(isConvolution);
  const last = members[members.length - 1];
  const inputs = members.flatMap(({ producers, inputMapElements }) =>
    producers.flatMap((producer, input) =>
      chain.includes(producer) ? [] : [mapOf(layers, producer, inputMapElements[input])],
    ),
  );
  return {
    charged: members[0].kind === 'elementwise' ? chain[chain.length - 1] : chain[0],
    before: middle < 0 ? members : members.slice(0, middle),
    convolution: middle < 0 ? undefined : members[middle],
    behind: middle < 0 ? [] : members.slice(middle + 1),
    inputs,
    last,
  };
}

/**
 * A map whose pixels are as its producer writes them; those of several producers, and the network's input, are close
 * together.
 */
function mapOf(layers: readonly LayerWork[], producer: number, elements: number): DdrMap {
  if (producer < 0 || layers[producer].kind === 'concat') return { pixels: 1, channels: elements };
  const { outputChannels } = layers[producer];
  return { pixels: elements / outputChannels, channels: outputChannels };
}

function isConvolution(layer: LayerWork): boolean {
  const { kind } = layer;
  return (
    kind === 'convolution' || (kind === 'transposedConvolution' && !isDepthwise(layer)) || kind === 'fullyConnected'
  );
}
