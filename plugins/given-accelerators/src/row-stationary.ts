import {
  ChipError,
  buildChipGraph,
  hold,
  quantity,
  repeat,
  type ChipGraphBuilder,
  type GraphStep,
  type LayerMapping,
} from '@autodnnchip/core';
import type { LayerWork } from './layer-work.js';
import type { AcceleratorModel, AcceleratorPlan, Facts, LayerPlan, ModelRequest, PlannedNode } from './model.js';
import { nodeNamer } from './node-names.js';
import {
  convolutionOf,
  findMapping,
  fitMapping,
  mappingFromSizes,
  misfit,
  sizesOf,
  type Convolution,
  type RowStationaryFit,
} from './row-stationary-mapping.js';
import {
  externalBytes,
  firstWeightedReaders,
  switchingPicojoules,
  type ExternalBytes,
} from './row-stationary-traffic.js';

/**
 * Eyeriss: passes of a row-stationary array, one layer after another. How a pass ends and how outputs leave is not
 * published: it was chosen among variants on the five layers of AlexNet (docs/validation.md), without a fitted
 * constant. A row of elements goes on with a window when the row above has its sums, so that at the end of a pass the
 * rows fall idle one after another; meanwhile their scratchpads get the weights and first inputs of the next pass. Sums
 * of a tile fill the buffer: the next tile waits until they have left. Inputs and weights come over the link while the
 * array works. Coder and decoder stand before the link and move four 16-bit words per link cycle, coded or not: coding
 * saves traffic, not time. The free parameters are of power only.
 */
export const rowStationaryModel: AcceleratorModel = request => {
  const readers = firstWeightedReaders(request.work);
  const { layers } = request.work;
  const mapped = layers.map((layer, index) =>
    mapLayer(layer, readers[index] < 0 ? layer : layers[readers[index]], request),
  );
  return { ...planOf(mapped, request, true), otherTimings: { processing_latency: planOf(mapped, request, false) } };
};

/** A layer with all that its nodes need; without a fit where the chip does not run it. */
interface MappedLayer {
  readonly layer: LayerWork;
  readonly fit?: RowStationaryFit;
  readonly bytes: ExternalBytes;
  readonly energyPicojoules: number;
}

/** `zerosOf`: the layer whose input has the zeros that this one writes. */
function mapLayer(
  layer: LayerWork,
  zerosOf: LayerWork,
  { facts, parameters, batch, inputZeroShare, mappings }: ModelRequest,
): MappedLayer {
  const convolution = layer.elsewhere === undefined ? convolutionOf(layer) : undefined;
  const given = Object.hasOwn(mappings, layer.name) ? mappings[layer.name] : undefined;
  const fit =
    given === undefined
      ? knownMapping(convolution, batch, facts)
      : givenMapping(layer, convolution, given, batch, facts);
  if (fit === undefined) return { layer, bytes: { inputs: 0, weights: 0, outputs: 0 }, energyPicojoules: 0 };
  const zeros = inputZeroShare(layer);
  return {
    layer,
    fit,
    bytes: externalBytes(layer, fit, zeros, inputZeroShare(zerosOf)),
    energyPicojoules: parameters['switchingScale'] * switchingPicojoules(layer, fit, batch, zeros, facts),
  };
}

/**
 * Mappings by facts and layer shape: they depend on no free parameter, and a search over those asks again and again.
 */
const known = new WeakMap<Facts, Map<string, RowStationaryFit | undefined>>();

function knownMapping(convolution: Convolution | undefined, batch: number, facts: Facts): RowStationaryFit | undefined {
  if (convolution === undefined) return undefined;
  const mappings = known.get(facts) ?? new Map<string, RowStationaryFit | undefined>();
  known.set(facts, mappings);
  const key = [batch, ...Object.values(convolution)].join();
  if (!mappings.has(key)) mappings.set(key, findMapping(convolution, batch, facts));
  return mappings.get(key);
}

/** The mapping that the user gives. Throws ADC3003 with the limit that it breaks. */
function givenMapping(
  layer: LayerWork,
  convolution: Convolution | undefined,
  sizes: LayerMapping,
  batch: number,
  facts: Facts,
): RowStationaryFit {
  const mapping = mappingFromSizes(sizes);
  const reason = convolution === undefined ? refusalOf(layer) : misfit(convolution, mapping, batch, facts);
  const fit = convolution === undefined ? undefined : fitMapping(convolution, mapping, batch, facts);
  if (fit !== undefined) return fit;
  const text = Object.entries(sizes)
    .map(([name, size]) => `${name}=${size}`)
    .join(' ');
  throw new ChipError('ADC3003', `The mapping ${text} of ${layer.name} does not fit: ${reason ?? ''}`, {
    location: { node: layer.name },
    hint: 'Give other sizes, or leave the layer out: the model then chooses.',
  });
}

/**
 * All layers in one graph; `memory` false: external memory never delays, as the published processing latency assumes.
 */
function planOf(mapped: readonly MappedLayer[], request: ModelRequest, memory: boolean): AcceleratorPlan {
  const { facts, parameters } = request;
  const graph = buildChipGraph({ name: 'Eyeriss', clock: quantity(facts['clockMegahertz'], 'MHz') })
    .resource({
      id: 'array',
      class: 'compute',
      attributes: { multipliers: facts['multipliers'] },
      staticPower: quantity(parameters['clockMilliwatts'], 'mW'),
    })
    .resource({ id: 'buses to scratchpads', class: 'datapath' });
  if (memory) graph.resource({ id: 'DRAM link', class: 'memory' });
  const nameNode = nodeNamer();
  const names = mapped.map(({ layer }) => nameNode(layer.name));
  /** Of the layers that have nodes, in their order. */
  const namesOnChip = names.filter((_, index) => mapped[index].fit !== undefined);
  let place = 0;
  let before: string | undefined;
  const layers = mapped.map(({ layer, fit, bytes, energyPicojoules }, index): LayerPlan => {
    if (fit === undefined) return { layer, nodes: [], refused: refusalOf(layer), readBytes: 0, writtenBytes: 0 };
    const name = names[index];
    place += 1;
    const next = namesOnChip[place];
    const nodes = addLayer(graph, { name, fit, energyPicojoules, before, next, memory, facts });
    before = name;
    return {
      layer,
      nodes,
      readBytes: bytes.inputs + bytes.weights,
      writtenBytes: bytes.outputs,
      bufferBytes: 2 * (fit.bufferWords.inputs + fit.bufferWords.sums),
      activeElements: fit.activeElements,
    };
  });
  return { graph: graph.graph(), layers, start: [], energyKnown: true };
}

function refusalOf(layer: LayerWork): string {
  return (
    layer.elsewhere ??
    (layer.kind === 'convolution' || layer.kind === 'depthwise'
      ? 'its kernel is larger than the array or the scratchpads'
      : 'the chip computes convolutions and fully connected layers; the host computes the rest')
  );
}

interface LayerNodes {
  readonly name: string;
  readonly fit: RowStationaryFit;
  readonly energyPicojoules: number;
  /** The layer before, whose end this one waits for, and the one that waits for this. */
  readonly before: string | undefined;
  readonly next: string | undefined;
  readonly memory: boolean;
  readonly facts: Facts;
}

/**
 * Nodes of one layer; the last of them ends it. Tokens: see the names of the edges; where no state names an edge, the
 * first state of its node takes one and the last one gives one, at each execution.
 */
function addLayer(
  graph: ChipGraphBuilder,
  { name, fit, energyPicojoules, before, next, memory, facts }: LayerNodes,
): readonly PlannedNode[] {
  const { tiles, slicesPerTile, passesPerSlice, mapping } = fit;
  const slices = tiles * slicesPerTile;
  const passes = slices * passesPerSlice;
  const bytesPerCycle = (facts['linkBytes'] * facts['linkMegahertz']) / facts['clockMegahertz'];
  const cycles = (count: number): number => Math.max(1, Math.round(count));
  const edge = (id: string): string => `${name}: ${id}`;
  const edges = {
    weightsInBuffer: edge('weights in buffer'),
    sliceInBuffer: edge('slice in buffer'),
    filled: edge('scratchpads filled'),
    idle: edge('elements idle'),
    room: edge('room for sums'),
    sums: edge('sums complete'),
  };
  const beginning = memory ? ['load weights', 'load inputs'] : ['fill scratchpads'];
  const begin: readonly GraphStep[] = before === undefined ? [] : [{ name: 'begin', cycles: 1 }];
  const end: readonly GraphStep[] = next === undefined ? [] : [{ name: 'end', cycles: 1 }];
  const nodes: PlannedNode[] = [];
  const node = (
    id: string,
    limit: PlannedNode['limit'],
    kind: 'compute' | 'datapath',
    ...steps: readonly GraphStep[]
  ): string => {
    graph.node({
      id: `${name}: ${id}`,
      class: kind,
      steps,
      ...(kind === 'compute' ? { attributes: sizesOf(mapping) } : {}),
    });
    nodes.push({ id: `${name}: ${id}`, limit });
    return `${name}: ${id}`;
  };

  const pass = (newSlice: boolean): readonly GraphStep[] => [
    hold('array', cycles(mapping.images * fit.imageCycles), {
      name: 'multiply',
      energy: quantity(energyPicojoules / passes, 'pJ'),
      consumes: { [edges.filled]: 1, ...(memory && newSlice ? { [edges.sliceInBuffer]: 1 } : {}) },
      produces: { [edges.idle]: 1 },
    }),
    ...(fit.drainCycles > 0 ? [hold('array', cycles(fit.drainCycles), { name: 'drain' })] : []),
  ];
  const slice: readonly GraphStep[] = [
    ...pass(true),
    ...(passesPerSlice > 1 ? [repeat(passesPerSlice - 1, ...pass(false))] : []),
  ];
  const wait = (id: string, tokens: object): readonly GraphStep[] =>
    memory ? [hold('array', 1, { name: id, ...tokens })] : [];
  const tile: readonly GraphStep[] = [
    ...wait('claim sums', { consumes: { [edges.room]: 1 } }),
    repeat(slicesPerTile, ...slice),
    ...wait('release sums', { produces: { [edges.sums]: 1 } }),
  ];

  const loadsWeights = memory
    ? node(
        'load weights',
        'memoryRead',
        'datapath',
        ...begin,
        repeat(passes, hold('DRAM link', cycles((2 * fit.externalWords.weights) / passes / bytesPerCycle))),
      )
    : '';
  const loadsInputs = memory
    ? node(
        'load inputs',
        'memoryRead',
        'datapath',
        ...begin,
        repeat(slices, hold('DRAM link', cycles((2 * fit.externalWords.inputs) / slices / bytesPerCycle))),
      )
    : '';
  const fills = node(
    'fill scratchpads',
    'compute',
    'datapath',
    ...(memory ? [] : begin),
    repeat(
      passes,
      hold('buses to scratchpads', cycles(fit.fillCycles), memory ? {} : { consumes: { [edges.idle]: 1 } }),
    ),
  );
  const array = node('passes', 'compute', 'compute', repeat(tiles, ...tile), ...(memory ? [] : end));
  graph.edge({ id: edges.filled, from: fills, to: array, capacity: quantity(1, 'token') });
  graph.edge({ id: edges.idle, from: array, to: fills, initialTokens: 1 });
  let last = array;
  if (memory) {
    last = node(
      'store outputs',
      'memoryWrite',
      'datapath',
      repeat(
        tiles,
        hold(
          'DRAM link',
          cycles((2 * fit.externalWords.outputs) / tiles / bytesPerCycle),
          next === undefined ? {} : { produces: { [edges.room]: 1 } },
        ),
      ),
      ...end,
    );
    graph.edge({ id: edges.weightsInBuffer, from: loadsWeights, to: fills, capacity: quantity(1, 'token') });
    graph.edge({ id: edges.sliceInBuffer, from: loadsInputs, to: array, capacity: quantity(2, 'token') });
    graph.edge({ id: edges.sums, from: array, to: last });
    graph.edge({ id: edges.room, from: last, to: array, initialTokens: 1 });
  }
  if (next !== undefined)
    for (const id of beginning) graph.edge({ id: `${next}: begin to ${id}`, from: last, to: `${next}: ${id}` });
  return nodes;
}
