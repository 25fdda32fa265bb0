import { ChipError } from '@autodnnchip/core';
import { largestCoordinate, largestSpan, tileExtents, type Plan } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import { laneTableRows } from './lane-buffers.js';
import type { LaneCost } from './lane-cost.js';
import type { LaneMapping } from './lane-mapping.js';
import { isRequantized, type LaneWork } from './lane-work.js';

/** Choices for a layer on the lane engine. */
interface LanePlan {
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly rangeGroups: number;
  readonly cycles: number;
}

/** Buffer rows that one group takes, by buffer. */
interface GroupRows {
  readonly weight: number;
  readonly parameter: number;
}

/** How a work runs: the plan, and the words of weights, of biases and scales, and of the table. */
export function mapLane(work: LaneWork, configuration: LaneEngineValues, cost: LaneCost): Plan {
  const { cycles, ...tiling } = planLane(work, configuration, cost);
  const { kernelHeight, kernelWidth } = work.window;
  const blocks = work.inputs[0].blocks * work.sweeps.length;
  const mapping: LaneMapping = tiling;
  const tiles =
    Math.ceil(work.window.outputHeight / tiling.tileHeight) * Math.ceil(work.window.outputWidth / tiling.tileWidth);
  const ranges = Math.ceil(work.inputs[0].blocks / (tiling.rangeGroups * configuration.laneBlocks));
  return {
    // Operands are loaded for each tile and range; a sweep is a task and a store.
    cycles,
    mapping,
    leastInstructions: tiles * ranges * (work.inputs.length + 2 * work.sweeps.length),
    constantWords: [
      work.form === 'depthwise' ? blocks * kernelHeight * kernelWidth : 0,
      isRequantized(work) ? blocks * 8 : 0,
      work.form === 'table' ? laneTableRows : 0,
    ],
  };
}

/** The tiling of a work with the fewest estimated cycles. Throws ADC3201 where nothing fits. */
function planLane(work: LaneWork, configuration: LaneEngineValues, cost: LaneCost): LanePlan {
  const { window } = work;
  const blocks = work.inputs[0].blocks;
  const groups = Math.ceil(blocks / configuration.laneBlocks);
  const perGroup: GroupRows = {
    weight: work.form === 'depthwise' ? window.kernelHeight * window.kernelWidth : 0,
    parameter: isRequantized(work) ? configuration.laneBlocks * configuration.laneRequantizeDivider : 0,
  };
  const heights = tileExtents(window.outputHeight);
  const widths = tileExtents(window.outputWidth);
  let best: LanePlan | undefined;
  for (const rangeGroups of tileExtents(groups)) {
    if (
      rangeGroups * perGroup.weight > configuration.laneWeightDepth ||
      rangeGroups * perGroup.parameter > configuration.laneParameterDepth
    )
      continue;
    let fittingWidths = 0;
    for (const tileWidth of widths) {
      const columns = spanOf(work, tileWidth, 'x');
      let fits = false;
      for (const tileHeight of heights) {
        const rows = spanOf(work, tileHeight, 'y');
        if (
          rangeGroups * rows * columns * work.inputs.length > configuration.laneInputDepth ||
          Math.max(rows, columns) > largestCoordinate
        )
          continue;
        if (rangeGroups * configuration.laneBlocks * tileHeight * tileWidth > configuration.laneOutputDepth) continue;
        fits = true;
        const cycles = planCycles(work, configuration, cost, {
          tileHeight,
          tileWidth,
          rangeGroups,
          rows,
          columns,
          blocks,
          groups,
          perGroup,
        });
        if (best === undefined || cycles < best.cycles) best = { tileHeight, tileWidth, rangeGroups, cycles };
      }
      if (fits && ++fittingWidths === 2) break;
    }
  }
  if (best === undefined) throw nothingFits(work, configuration, perGroup);
  return best;
}

/** Most input rows or columns of a tile, all sweeps together. */
function spanOf(work: LaneWork, count: number, axis: 'x' | 'y'): number {
  const { window, sweeps } = work;
  const reach = sweeps.reduce((most, sweep) => Math.max(most, axis === 'x' ? sweep.offsetX : sweep.offsetY), 0);
  return axis === 'x'
    ? Math.min(
        window.inputWidth,
        largestSpan(count, window.kernelWidth, window.strideX, window.dilationX, window.inputWidth) + reach,
      )
    : Math.min(
        window.inputHeight,
        largestSpan(count, window.kernelHeight, window.strideY, window.dilationY, window.inputHeight) + reach,
      );
}

interface Candidate {
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly rangeGroups: number;
  readonly rows: number;
  readonly columns: number;
  readonly blocks: number;
  readonly groups: number;
  readonly perGroup: GroupRows;
}

function planCycles(work: LaneWork, configuration: LaneEngineValues, cost: LaneCost, candidate: Candidate): number {
  const { window, sweeps, inputs } = work;
  const { tileHeight, tileWidth, rangeGroups, rows, columns, blocks, groups, perGroup } = candidate;
  const wordBytes = configuration.channelBlock;
  const ranges = Math.ceil(groups / rangeGroups);
  const tiles = Math.ceil(window.outputHeight / tileHeight) * Math.ceil(window.outputWidth / tileWidth);
  const items = ranges * tiles;
  const planes = blocks / ranges;
  const loadRuns = columns === window.inputWidth ? planes : planes * rows;
  const loadCycles = inputs.length * cost.load(loadRuns, (planes * rows * columns * wordBytes) / loadRuns);
  const storeRuns = tileWidth === window.outputWidth ? planes : planes * tileHeight;
  const storeCycles = sweeps.length * cost.store(storeRuns, (planes * tileHeight * tileWidth * wordBytes) / storeRuns);
  const steps = laneSteps(work, configuration);
  const tasks = items * sweeps.length;
  const compute =
    tasks * cost.task((sweeps.length * window.outputHeight * window.outputWidth * groups * steps) / tasks);
  const weightLoads =
    perGroup.weight > 0
      ? ranges *
        sweeps.length *
        cost.load(
          configuration.laneBlocks === 1 ? 1 : planes,
          (configuration.laneBlocks === 1 ? planes : 1) * perGroup.weight * wordBytes,
        )
      : 0;
  const parameterLoads = perGroup.parameter > 0 ? ranges * sweeps.length * cost.load(1, planes * 8 * wordBytes) : 0;
  const constants = weightLoads + parameterLoads;
  const reads = items * loadCycles + constants;
  const writes = items * storeCycles;
  let serial = compute;
  if (2 * rangeGroups * rows * columns * inputs.length > configuration.laneInputDepth && items > 1)
    serial += items * (loadCycles + cost.loadLatency + cost.drain);
  if (
    2 * rangeGroups * configuration.laneBlocks * tileHeight * tileWidth > configuration.laneOutputDepth &&
    items * sweeps.length > 1
  )
    serial += writes + tasks * (cost.storeLatency + cost.drain);
  return (
    Math.max(serial, reads, writes) +
    cost.instruction * (2 * tasks + items * inputs.length) +
    cost.loadLatency +
    loadCycles +
    constants / (ranges * sweeps.length) +
    cost.drain +
    storeCycles +
    cost.storeLatency
  );
}

/** Cycles per pixel and group. */
function laneSteps(work: LaneWork, configuration: LaneEngineValues): number {
  const { window } = work;
  return Math.max(
    window.kernelHeight * window.kernelWidth * work.inputs.length,
    configuration.laneBlocks * configuration.laneRequantizeDivider,
  );
}

function nothingFits(work: LaneWork, configuration: LaneEngineValues, perGroup: GroupRows): ChipError {
  const parameter =
    perGroup.weight > configuration.laneWeightDepth
      ? 'laneWeightDepth'
      : perGroup.parameter > configuration.laneParameterDepth
        ? 'laneParameterDepth'
        : spanOf(work, 1, 'x') * spanOf(work, 1, 'y') * work.inputs.length > configuration.laneInputDepth
          ? 'laneInputDepth'
          : 'laneOutputDepth';
  return new ChipError(
    'ADC3201',
    `No tile of layer '${work.name}' (${work.operator}) fits: ${parameter} is ${configuration[parameter]}.`,
    {
      location: { node: work.name },
      hint: `Give ${parameter} a larger value (--set ${parameter}=...).`,
    },
  );
}
