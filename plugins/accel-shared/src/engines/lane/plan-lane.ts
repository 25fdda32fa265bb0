import { ChipError } from '@autodnnchip/core';
import { largestCoordinate, largestSpan, tileExtents } from '@autodnnchip/core/engine';

import type { AccelSharedConfiguration } from '../../configuration.js';
import type { LaneLayer } from '../../lowering/index.js';
import type { LaneCost } from './lane-cost.js';

/** Choices for a layer on the lane engine. */
export interface LanePlan {
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

/** The tiling of a lane layer with the fewest estimated cycles. Throws ADC3201 where nothing fits. */
export function planLane(layer: LaneLayer, configuration: AccelSharedConfiguration, cost: LaneCost): LanePlan {
  const { window } = layer;
  const blocks = layer.inputs[0].blocks;
  const groups = Math.ceil(blocks / configuration.laneBlocks);
  const perGroup: GroupRows = {
    weight: layer.operation === 'multiply' ? window.kernelHeight * window.kernelWidth : 0,
    parameter: layer.result === 'requantize' ? configuration.laneBlocks * configuration.laneRequantizeDivider : 0,
  };
  const heights = tileExtents(window.outputHeight);
  const widths = tileExtents(window.outputWidth);
  let best: LanePlan | undefined;
  for (const rangeGroups of tileExtents(groups)) {
    if (rangeGroups * perGroup.weight > configuration.laneWeightDepth || rangeGroups * perGroup.parameter > configuration.laneParameterDepth) continue;
    let fittingWidths = 0;
    for (const tileWidth of widths) {
      const columns = spanOf(layer, tileWidth, 'x');
      let fits = false;
      for (const tileHeight of heights) {
        const rows = spanOf(layer, tileHeight, 'y');
        if (rangeGroups * rows * columns * layer.inputs.length > configuration.laneInputDepth || Math.max(rows, columns) > largestCoordinate) continue;
        if (rangeGroups * configuration.laneBlocks * tileHeight * tileWidth > configuration.laneOutputDepth) continue;
        fits = true;
        const cycles = planCycles(layer, configuration, cost, { tileHeight, tileWidth, rangeGroups, rows, columns, blocks, groups, perGroup });
        if (best === undefined || cycles < best.cycles) best = { tileHeight, tileWidth, rangeGroups, cycles };
      }
      if (fits && ++fittingWidths === 2) break;
    }
  }
  if (best === undefined) throw nothingFits(layer, configuration, perGroup);
  return best;
}

/** Most input rows or columns of a tile, all sweeps together. */
function spanOf(layer: LaneLayer, count: number, axis: 'x' | 'y'): number {
  const { window, variants } = layer;
  const reach = variants.reduce((most, variant) => Math.max(most, axis === 'x' ? variant.offsetX : variant.offsetY), 0);
  return axis === 'x'
    ? Math.min(window.inputWidth, largestSpan(count, window.kernelWidth, window.strideX, window.dilationX, window.inputWidth) + reach)
    : Math.min(window.inputHeight, largestSpan(count, window.kernelHeight, window.strideY, window.dilationY, window.inputHeight) + reach);
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

function planCycles(layer: LaneLayer, configuration: AccelSharedConfiguration, cost: LaneCost, candidate: Candidate): number {
  const { window, variants, inputs } = layer;
  const { tileHeight, tileWidth, rangeGroups, rows, columns, blocks, groups, perGroup } = candidate;
  const wordBytes = configuration.channelBlock;
  const ranges = Math.ceil(groups / rangeGroups);
  const tiles = Math.ceil(window.outputHeight / tileHeight) * Math.ceil(window.outputWidth / tileWidth);
  const items = ranges * tiles;
  const planes = blocks / ranges;
  const loadRuns = columns === window.inputWidth ? planes : planes * rows;
  const loadCycles = inputs.length * cost.load(loadRuns, (planes * rows * columns * wordBytes) / loadRuns);
  const storeRuns = tileWidth === window.outputWidth ? planes : planes * tileHeight;
  const storeCycles = variants.length * cost.store(storeRuns, (planes * tileHeight * tileWidth * wordBytes) / storeRuns);
  const steps = laneSteps(layer, configuration);
  const tasks = items * variants.length;
  const compute = tasks * cost.task((variants.length * window.outputHeight * window.outputWidth * groups * steps) / tasks);
  const weightLoads = perGroup.weight > 0 ? ranges * variants.length * cost.load(configuration.laneBlocks === 1 ? 1 : planes, (configuration.laneBlocks === 1 ? planes : 1) * perGroup.weight * wordBytes) : 0;
  const parameterLoads = perGroup.parameter > 0 ? ranges * variants.length * cost.load(1, planes * 8 * wordBytes) : 0;
  const constants = weightLoads + parameterLoads;
  const reads = items * loadCycles + constants;
  const writes = items * storeCycles;
  let serial = compute;
  if (2 * rangeGroups * rows * columns * inputs.length > configuration.laneInputDepth && items > 1) serial += items * (loadCycles + cost.loadLatency + cost.drain);
  if (2 * rangeGroups * configuration.laneBlocks * tileHeight * tileWidth > configuration.laneOutputDepth && items * variants.length > 1) serial += writes + tasks * (cost.storeLatency + cost.drain);
  return Math.max(serial, reads, writes) + cost.instruction * (2 * tasks + items * inputs.length) + cost.loadLatency + loadCycles + constants / (ranges * variants.length) + cost.drain + storeCycles + cost.storeLatency;
}

/** Cycles per pixel and group. */
export function laneSteps(layer: LaneLayer, configuration: AccelSharedConfiguration): number {
  const { window } = layer;
  return Math.max(window.kernelHeight * window.kernelWidth * layer.inputs.length, configuration.laneBlocks * configuration.laneRequantizeDivider);
}

function nothingFits(layer: LaneLayer, configuration: AccelSharedConfiguration, perGroup: GroupRows): ChipError {
  const parameter = perGroup.weight > configuration.laneWeightDepth ? 'laneWeightDepth'
    : perGroup.parameter > configuration.laneParameterDepth ? 'laneParameterDepth'
      : spanOf(layer, 1, 'x') * spanOf(layer, 1, 'y') * layer.inputs.length > configuration.laneInputDepth ? 'laneInputDepth' : 'laneOutputDepth';
  return new ChipError('ADC3201', `No tile of layer '${layer.name}' (${layer.operator}) fits: ${parameter} is ${configuration[parameter]}.`, {
    location: { node: layer.name }, hint: `Give ${parameter} a larger value (--set ${parameter}=...).`,
  });
}
