import { dpuLimit } from './dpu-limits.js';
import { dpuUnits, type DpuUnit } from './dpu-units.js';
import {
  dpuArrayWork,
  bankWords,
  depthwiseBytes,
  dpuDepthwisePasses,
  dpuPortWords,
  dpuSideCycles,
  isDepthwise,
  isInterpolation,
  type DpuArrayWork,
} from './dpu-work.js';
import type { LayerWork } from './layer-work.js';
import { folds, type AcceleratorModel, type Facts, type ModelRequest } from './model.js';
import { buildPlan, type Phase, type PhasedStage, type PhaseFlow } from './plan-builder.js';

/**
 * DPUCZDX8G (AMD PG338): an array of pixel x input channel x output channel multipliers, narrower engines for
 * depthwise, pooling and element-wise layers, and banks of block RAM between them and DDR. Load, array, side engines
 * and store run the compiler's instructions, each in order, and wait for one another through the banks; load and store
 * share DDR.
 *
 * A layer goes in strips of as many rows as the array is high. Weights come group of output channels by group, as many
 * as the weight banks have room for. Where they do not all fit but the input does, the groups are the outer loop, so
 * that each weight is loaded once; where neither fits, weights are loaded again for each strip.
 *
 * Facts and parameters: see `platform-plugins/dpu`.
 */
export const dpuModel: AcceleratorModel = request => {
  const { facts } = request;
  const layers = request.work.layers.map((layer): LayerWork => {
    const elsewhere = layer.elsewhere ?? dpuLimit(layer, facts);
    return elsewhere === undefined ? layer : { ...layer, elsewhere };
  });
  const builder = buildPlan({
    name: 'DPUCZDX8G',
    clockMegahertz: facts['clockMegahertz'],
    resources: [
      { id: 'scheduler', class: 'compute' },
      { id: 'DDR', class: 'memory' },
      { id: 'array', class: 'compute', attributes: { multipliers: facts['multipliers'] } },
      { id: 'depthwise engine', class: 'compute' },
      { id: 'MISC engine', class: 'compute' },
    ],
  });
  const units = new Map(dpuUnits({ layers }, facts).map(unit => [unit.charged, unit]));
  layers.forEach((layer, index) => {
    const unit = units.get(index);
    if (unit === undefined) return builder.free(layer);
    const { stages, flows, ...figures } = planUnit(unit, request);
    builder.phasedLayer(layer, stages, flows, figures);
  });
  return builder.plan({ energyKnown: false });
};

interface UnitPlan {
  readonly stages: readonly PhasedStage[];
  readonly flows: Readonly<Record<string, PhaseFlow>>;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** Cycles, bytes and loop counts of a unit. */
interface UnitWork {
  readonly array: DpuArrayWork | undefined;
  readonly strips: number;
  /** Cycles on DDR of the whole input, and of the weights. */
  readonly inputCycles: number;
  readonly weightCycles: number;
  readonly inputBytes: number;
  readonly storeCycles: number;
  readonly beforeCycles: number;
  readonly behindCycles: number;
  readonly weightsFit: boolean;
  readonly inputFits: boolean;
}

interface MemoryRequest extends Pick<ModelRequest, 'facts' | 'parameters'> {
  readonly memoryBytesPerSecond?: number | undefined;
}

/** Bytes that DDR delivers per cycle: what the measurement states, else what ports and memory allow. */
function loadBytesPerCycle({ facts, parameters, memoryBytesPerSecond }: MemoryRequest): number {
  const hertz = facts['clockMegahertz'] * 1e6;
  const ports = parameters['portShare'] * facts['dataPorts'] * facts['portBytes'];
  const memory = (parameters['memoryShare'] * facts['ddrPeakGigabytesPerSecond'] * 1e9) / hertz;
  return Math.min(
    memoryBytesPerSecond === undefined
      ? ports
      : Math.min(facts['dataPorts'] * facts['portBytes'], memoryBytesPerSecond / hertz),
    memory,
  );
}

/**
 * Reads and answers of memory one after another: as much slower as memory delivers less, for the same bytes are on
 * their way.
 */
function dispatchCycles(request: ModelRequest): number {
  const { facts, parameters } = request;
  const usual = loadBytesPerCycle({ ...request, memoryBytesPerSecond: undefined });
  return (parameters['dispatchMicroseconds'] * facts['clockMegahertz'] * usual) / loadBytesPerCycle(request);
}

function measureUnit(unit: DpuUnit, request: ModelRequest): UnitWork {
  const { facts } = request;
  const bytesPerCycle = loadBytesPerCycle(request);
  const { last, inputs, before, behind, convolution } = unit;
  const array = convolution === undefined ? undefined : dpuArrayWork(convolution, facts);
  const output = { pixels: last.outputElements / last.outputChannels, channels: last.outputChannels };
  const wordBytes = facts['portBytes'];
  const inputBytes = inputs.reduce((sum, map) => sum + dpuPortWords(map, wordBytes) * wordBytes, 0);
  const weightBytes =
    (array?.weightBytes ?? 0) + [...before, ...behind].reduce((sum, layer) => sum + depthwiseBytes(layer, facts), 0);
  const passCycles = request.parameters['depthwisePassCycles'];
  const sideCycles = (layers: DpuUnit['before']): number =>
    layers.reduce((sum, layer) => sum + dpuSideCycles(layer, facts) + passCycles * dpuDepthwisePasses(layer, facts), 0);
  return {
    array,
    strips: array?.strips ?? Math.max(1, folds(last.outputRows, facts['pixelParallelism'])),
    inputBytes,
    inputCycles: inputBytes / bytesPerCycle,
    weightCycles: weightBytes / bytesPerCycle,
    storeCycles: Math.max(
      dpuPortWords(output, wordBytes) * Math.max(1, wordBytes / bytesPerCycle),
      bankWords(output, facts),
    ),
    beforeCycles: sideCycles(before),
    behindCycles: sideCycles(behind),
    weightsFit: array === undefined || array.groupDepth * array.groups <= facts['bankDepth'],
    inputFits: inputs.reduce((sum, { pixels, channels }) => sum + pixels * channels, 0) <= bankGroupBytes(facts),
  };
}

/** A unit's loops: what loads and what computes, in which phases. */
interface Loops {
  readonly load: readonly Phase[];
  readonly compute: readonly Phase[];
  /** How often results leave. */
  readonly tiles: number;
  /** Strips that come from DDR. */
  readonly strips: number;
}

/** Strips outside: the first brings the weights along, group by group; they stay, or come again with each strip. */
function stripLoops(
  { array, strips, inputCycles, weightCycles, beforeCycles, weightsFit }: UnitWork,
  rows: string,
): Loops {
  const groups = array?.groups ?? 1;
  const again = weightsFit ? 0 : weightCycles;
  const perStrip = (array?.cycles ?? beforeCycles) / strips;
  const load: Phase[] = [
    { tiles: 1, cycles: inputCycles / strips, takes: { begin: 'first' }, gives: { rows: 'each' } },
    { tiles: groups, cycles: weightCycles, gives: { weights: 'each' } },
  ];
  const compute: Phase[] = [
    { tiles: groups, cycles: perStrip, takes: { [rows]: 'first', weights: 'each' }, gives: { results: 'last' } },
  ];
  const others = strips - 1;
  if (others > 0) {
    load.push({ tiles: others, cycles: (inputCycles / strips + again) * others, gives: { rows: 'each' } });
    compute.push({ tiles: others, cycles: perStrip * others, takes: { [rows]: 'each' }, gives: { results: 'each' } });
  }
  return { load, compute, tiles: strips, strips };
}

/** Groups of output channels outside: all rows first, then a group at a time. */
function groupLoops({ array, inputCycles, weightCycles }: UnitWork, rows: string): Loops {
  const groups = array?.groups ?? 1;
  return {
    load: [
      { tiles: 1, cycles: inputCycles, takes: { begin: 'first' }, gives: { rows: 'each' } },
      { tiles: groups, cycles: weightCycles, gives: { weights: 'each' } },
    ],
    compute: [
      {
        tiles: groups,
        cycles: array?.cycles ?? 0,
        takes: { [rows]: 'first', weights: 'each' },
        gives: { results: 'each' },
      },
    ],
    tiles: groups,
    strips: 1,
  };
}

function planUnit(unit: DpuUnit, request: ModelRequest): UnitPlan {
  const { facts, batch } = request;
  const measured = measureUnit(unit, request);
  const { array, beforeCycles, behindCycles, weightsFit, inputFits } = measured;
  const groupsOutside = array !== undefined && (measured.strips === 1 || (!weightsFit && inputFits));
  const prepares = array !== undefined && beforeCycles > 0;
  const finishes = behindCycles > 0;
  const loops = (groupsOutside ? groupLoops : stripLoops)(measured, prepares ? 'prepared' : 'rows');
  const engineOf = (members: DpuUnit['before']): string =>
    members.some(layer => isDepthwise(layer) || isInterpolation(layer)) ? 'depthwise engine' : 'MISC engine';
  const besides = engineOf(unit.before);
  const through = (tiles: number, cycles: number, from: string, to?: string): readonly Phase[] => [
    { tiles, cycles, takes: { [from]: 'each' }, ...(to === undefined ? {} : { gives: { [to]: 'each' } }) },
  ];
  const stages: readonly (PhasedStage | false)[] = [
    {
      id: 'dispatch',
      resource: 'scheduler',
      class: 'compute',
      limit: 'latency',
      waitsFor: 'previousLayer',
      phases: [{ tiles: 1, cycles: dispatchCycles(request), gives: { begin: 'each' } }],
    },
    { id: 'load', resource: 'DDR', class: 'datapath', limit: 'memoryRead', phases: loops.load },
    prepares && {
      id: 'before',
      resource: besides,
      class: 'compute',
      limit: 'compute',
      phases: through(loops.strips, beforeCycles, 'rows', 'prepared'),
    },
    {
      id: 'compute',
      resource: array === undefined ? besides : 'array',
      class: 'compute',
      limit: 'compute',
      phases: loops.compute,
    },
    finishes && {
      id: 'behind',
      resource: engineOf(unit.behind),
      class: 'compute',
      limit: 'compute',
      phases: through(loops.tiles, behindCycles, 'results', 'finished'),
    },
    {
      id: 'store',
      resource: 'DDR',
      class: 'datapath',
      limit: 'memoryWrite',
      phases: through(loops.tiles, measured.storeCycles, finishes ? 'finished' : 'results'),
    },
  ];
  const weightRoom =
    array === undefined
      ? 1
      : groupsOutside
        ? Math.min(2, Math.max(1, Math.floor(facts['bankDepth'] / array.groupDepth)))
        : array.groups;
  const inTiles = tilesInBanks(measured.inputBytes, loops.strips, facts);
  const outTiles = tilesInBanks(unit.last.outputElements, loops.tiles, facts);
  const flows: Readonly<Record<string, PhaseFlow>> = {
    begin: { from: 'dispatch', to: 'load' },
    rows: { from: 'load', to: prepares ? 'before' : 'compute', room: inTiles },
    weights: { from: 'load', to: 'compute', room: weightRoom },
    ...(prepares ? { prepared: { from: 'before', to: 'compute' } } : {}),
    results: finishes ? { from: 'compute', to: 'behind' } : { from: 'compute', to: 'store', room: outTiles },
    ...(finishes ? { finished: { from: 'behind', to: 'store', room: outTiles } } : {}),
  };
  return {
    stages: stages.filter(stage => stage !== false).map(stage => perInput(stage, batch)),
    flows,
    ...tensorBytes(unit, batch),
  };
}

/**
 * Every map and weight once and without padding: what the vendor's profiler counts. DDR is busy for longer where it
 * moves more.
 */
function tensorBytes(
  { inputs, before, convolution, behind, last }: DpuUnit,
  batch: number,
): Pick<UnitPlan, 'readBytes' | 'writtenBytes'> {
  const weighted = [...before, ...(convolution === undefined ? [] : [convolution]), ...behind];
  const maps = inputs.reduce((sum, { pixels, channels }) => sum + pixels * channels, 0);
  return {
    readBytes: batch * (maps + weighted.reduce((sum, layer) => sum + layer.weightElements, 0)),
    writtenBytes: batch * last.outputElements,
  };
}

/** Tiles of a map that a group of feature banks holds, at least the two of a double buffer. */
function tilesInBanks(bytes: number, tiles: number, facts: Facts): number {
  return Math.max(2, Math.min(tiles, Math.floor((bankGroupBytes(facts) * tiles) / Math.max(1, bytes))));
}

function bankGroupBytes(facts: Facts): number {
  return facts['pixelParallelism'] * facts['inputChannelParallelism'] * facts['bankDepth'];
}

/** All inputs of a batch one after another; dispatch is for all of them. */
function perInput(stage: PhasedStage, batch: number): PhasedStage {
  const times = stage.id === 'dispatch' ? 1 : batch;
  return {
    ...stage,
    waitsFor: stage.waitsFor ?? 'nothing',
    phases: stage.phases.map(phase => ({ ...phase, cycles: phase.cycles * times })),
  };
}
