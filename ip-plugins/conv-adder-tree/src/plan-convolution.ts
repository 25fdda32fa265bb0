import { ChipError } from '@autodnnchip/core';
import { largestCoordinate, largestSpan, tileExtents, type ConvolutionWork, type Plan } from '@autodnnchip/core/engine';

import type { ConvEngineValues } from './conv-values.js';
import type { ConvCost } from './conv-cost.js';
import { convStepsPerPixel } from './conv-pipeline.js';
import { leastConvInstructions } from './conv-instructions.js';
import { chunkSteps, type ConvMapping, type ReductionChunk } from './conv-mapping.js';
import { partitionsOf, type ConvPartition } from './conv-partitions.js';

/** Choices for one partition of a convolution; all partitions of a layer use the same. */
interface ConvPlan {
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly order: 'rangesOuter' | 'tilesOuter';
  readonly rangeGroups: number;
  readonly weightBatch: number;
  readonly storeBatch: number;
  readonly kernel: KernelSplit;
  /** Largest number of input blocks in a chunk. */
  readonly chunkBlocks: number;
  readonly cycles: number;
}

/** Largest ranges of a chunk within the kernel: all of it, unless buffers are too small for that. */
interface KernelSplit {
  readonly repeats: number;
  readonly rows: number;
  readonly columns: number;
}

/** Distinct block counts of a chunk that are tried before the search settles. */
const chunkCandidates = 3;
/** Weights are loaded at least this many bytes at a time where K-groups are small. */
const weightBatchBytes = 2048;

/** Results are stored at least this many words at a time where tiles are small. */
const storeBatchWords = 96;

/** Everything about a layer that the cost of a candidate depends on. */
interface Problem {
  readonly work: ConvolutionWork;
  readonly partition: ConvPartition;
  readonly configuration: ConvEngineValues;
  readonly cost: ConvCost;
  readonly planes: number;
  readonly requantize: number;
}

/** How a convolution runs: the plan, and where its chunks lie among the weights. */
export function mapConvolution(work: ConvolutionWork, configuration: ConvEngineValues, cost: ConvCost): Plan {
  const { kernel, chunkBlocks, cycles, ...plan } = planConvolution(work, configuration, cost);
  let firstRow = 0;
  let kGroups = 0;
  const partitions = partitionsOf(work, configuration).map(partition => {
    const chunks = reductionChunks(work, { kernel, chunkBlocks }, partition.blocks);
    const steps = chunks.reduce((sum, chunk) => sum + chunkSteps(chunk), 0);
    const mapped = { ...partition, chunks, steps, firstRow };
    firstRow += steps * partition.groups;
    kGroups += partition.groups;
    return mapped;
  });
  const parameterRows = convStepsPerPixel(configuration);
  const parameterSlots = Math.floor(configuration.convParameterDepth / parameterRows);
  // All of the layer's parameters in one load where half of the buffer holds them; several K-groups at a time
  // otherwise.
  const parameterBatch = Math.max(
    1,
    Math.min(kGroups, kGroups <= parameterSlots ? kGroups : Math.floor(parameterSlots / 2)),
  );
  const mapping: ConvMapping = { ...plan, parameterBatch, partitions };
  return {
    cycles,
    mapping,
    leastInstructions: leastConvInstructions(work.window, mapping, configuration),
    constantWords: [
      firstRow * configuration.outputParallelism,
      kGroups * (configuration.outputParallelism / configuration.channelBlock) * 8,
    ],
  };
}

/** The tiling, order and split of a convolution with the fewest estimated cycles. Throws ADC3201 where nothing fits. */
function planConvolution(work: ConvolutionWork, configuration: ConvEngineValues, cost: ConvCost): ConvPlan {
  const partitions = partitionsOf(work, configuration);
  const partition = partitions.reduce((a, b) => (b.blocks * b.groups > a.blocks * a.groups ? b : a));
  const blocks = partitions.reduce((most, { blocks: count }) => Math.max(most, count), 0);
  const problem: Problem = {
    work,
    partition: { ...partition, blocks },
    configuration,
    cost,
    planes: configuration.outputParallelism / configuration.channelBlock,
    requantize: convStepsPerPixel(configuration),
  };
  const splits = problem.requantize > configuration.convParameterDepth ? [] : kernelSplits(work);
  const best = splits.reduce<ConvPlan | undefined>(
    (found, kernel) => found ?? bestForKernel(problem, kernel),
    undefined,
  );
  if (best === undefined) throw nothingFits(problem);
  return best;
}

/** The whole kernel first, then parts of its rows, of its columns, of the repeats. */
function kernelSplits(work: ConvolutionWork): KernelSplit[] {
  const { kernelHeight, kernelWidth } = work.window;
  const { parts: repeat } = work.weights;
  return [
    ...tileExtents(kernelHeight).map(rows => ({ repeats: repeat, rows, columns: kernelWidth })),
    ...tileExtents(kernelWidth)
      .slice(1)
      .map(columns => ({ repeats: repeat, rows: 1, columns })),
    ...tileExtents(repeat)
      .slice(1)
      .map(repeats => ({ repeats, rows: 1, columns: 1 })),
  ];
}

function bestForKernel(problem: Problem, kernel: KernelSplit): ConvPlan | undefined {
  const { work, partition, configuration } = problem;
  const steps = kernel.repeats * kernel.rows * kernel.columns;
  if (steps > configuration.weightDepth) return undefined;
  const heights = tileExtents(work.window.outputHeight);
  const widths = tileExtents(work.window.outputWidth);
  let best: ConvPlan | undefined;
  let tried = 0;
  for (const chunkBlocks of tileExtents(partition.blocks)) {
    if (steps * chunkBlocks > configuration.weightDepth) continue;
    const plan = bestTile(problem, kernel, chunkBlocks, heights, widths);
    if (plan === undefined) continue;
    if (best === undefined || plan.cycles < best.cycles) best = plan;
    if (++tried === chunkCandidates) break;
  }
  return best;
}

function bestTile(
  problem: Problem,
  kernel: KernelSplit,
  chunkBlocks: number,
  heights: readonly number[],
  widths: readonly number[],
): ConvPlan | undefined {
  const {
    work: { window },
    configuration,
    planes,
  } = problem;
  const chunks = chunkCount(problem, kernel, chunkBlocks);
  let best: ConvPlan | undefined;
  let fittingWidths = 0;
  for (const tileWidth of widths) {
    const columns = largestSpan(tileWidth, kernel.columns, window.strideX, window.dilationX, window.inputWidth);
    let fits = false;
    for (const tileHeight of heights) {
      const rows = largestSpan(tileHeight, kernel.rows, window.strideY, window.dilationY, window.inputHeight);
      const words = chunkBlocks * rows * columns;
      const pixels = tileHeight * tileWidth;
      if (
        words > configuration.activationDepth ||
        Math.max(rows, columns) > largestCoordinate ||
        planes * pixels > configuration.convOutputDepth
      )
        continue;
      if (chunks > 1 && pixels > configuration.partialSumDepth) continue;
      fits = true;
      const plan = bestOrder(problem, kernel, chunkBlocks, chunks, tileHeight, tileWidth, rows, columns);
      if (best === undefined || plan.cycles < best.cycles) best = plan;
    }
    if (fits && ++fittingWidths === 2) break;
  }
  return best;
}

function chunkCount({ work, partition }: Problem, kernel: KernelSplit, chunkBlocks: number): number {
  const { kernelHeight, kernelWidth } = work.window;
  return (
    Math.ceil(work.weights.parts / kernel.repeats) *
    Math.ceil(kernelHeight / kernel.rows) *
    Math.ceil(kernelWidth / kernel.columns) *
    Math.ceil(partition.blocks / chunkBlocks)
  );
}

/** Best range of K-groups and loop order for a tile that fits. */
function bestOrder(
  problem: Problem,
  kernel: KernelSplit,
  chunkBlocks: number,
  chunks: number,
  tileHeight: number,
  tileWidth: number,
  rows: number,
  columns: number,
): ConvPlan {
  const { work, partition, configuration, cost, planes, requantize } = problem;
  const { window } = work;
  const { groups } = partition;
  const wordBytes = configuration.channelBlock;
  const tiles = Math.ceil(window.outputHeight / tileHeight) * Math.ceil(window.outputWidth / tileWidth);
  const pixels = tileHeight * tileWidth;
  const allSteps = work.weights.parts * window.kernelHeight * window.kernelWidth * partition.blocks;
  const chunkRows = kernel.repeats * kernel.rows * kernel.columns * chunkBlocks;
  const activationWords = chunkBlocks * rows * columns;
  const activationSlots = Math.floor(configuration.activationDepth / activationWords);

  const wholeRows = columns === window.inputWidth;
  const runs = wholeRows ? (rows === window.inputHeight ? 1 : chunkBlocks) : chunkBlocks * rows;
  const activationCycles = cost.load(runs, (activationWords / runs) * wordBytes);
  const groupWords = planes * pixels;
  const storeBatch = Math.max(
    1,
    Math.min(
      groups,
      Math.ceil(storeBatchWords / groupWords),
      Math.floor(configuration.convOutputDepth / (3 * groupWords)),
    ),
  );
  const storeRuns = tileWidth === window.outputWidth ? planes : planes * tileHeight;
  const storeCycles = cost.store(storeRuns * storeBatch, (groupWords * wordBytes) / storeRuns);
  const stepsPerPixel = Math.max(allSteps / chunks, requantize);
  const averagePixels = (window.outputHeight * window.outputWidth) / tiles;
  const taskCycles = cost.task(averagePixels * stepsPerPixel, false);
  const compute =
    tiles * groups * (taskCycles + (chunks === 1 ? 0 : (chunks - 1) * cost.task(averagePixels * stepsPerPixel, true)));
  const tileCompute = compute / tiles;
  const outputSlots = Math.floor(configuration.convOutputDepth / (groupWords * storeBatch));
  const stores = tiles * Math.ceil(groups / storeBatch);
  const writes = stores * storeCycles;

  const rangeLimit =
    chunks === 1 ? groups : Math.max(1, Math.min(groups, Math.floor(configuration.partialSumDepth / pixels)));
  let best: ConvPlan | undefined;
  const consider = (rangeGroups: number, order: ConvPlan['order']): void => {
    const batch = chunks > 1 ? 1 : weightBatchOf(configuration, chunkRows, rangeGroups);
    const weightSlots = Math.floor(configuration.weightDepth / (chunkRows * batch)) * batch;
    const ranges = Math.ceil(groups / rangeGroups);
    const activationLoads =
      order === 'rangesOuter'
        ? tiles * chunks <= activationSlots
          ? tiles * chunks
          : ranges * tiles * chunks
        : chunks <= activationSlots
          ? tiles * chunks
          : ranges * tiles * chunks;
    const resident = (order === 'rangesOuter' ? rangeGroups : groups) * chunks <= weightSlots;
    const weightPasses = resident ? 1 : tiles;
    const weightLoads = (groups * chunks) / batch;
    const weightCycles =
      weightLoads * cost.load(1, (allSteps * configuration.outputParallelism * wordBytes * batch) / chunks);
    const reads = activationLoads * activationCycles + weightPasses * weightCycles;
    let cycles = Math.max(compute, reads, writes);
    // What cannot be double-buffered is added to the computation instead of hidden behind it.
    let serial = compute;
    if (activationSlots === 1 && activationLoads > 1)
      serial += activationLoads * (activationCycles + cost.loadLatency + cost.drain);
    if (weightSlots === batch && weightPasses * groups * chunks > batch)
      serial += weightPasses * (weightCycles + weightLoads * (cost.loadLatency + cost.drain));
    if (outputSlots === 1) serial += writes + stores * (cost.storeLatency + cost.drain);
    cycles = Math.max(cycles, serial);
    // Weights that stay are loaded during the first tile of their range, where they may take longer than computing it.
    if (resident && tiles > 1)
      cycles +=
        Math.max(0, weightCycles + activationCycles * Math.min(chunks, activationLoads) - tileCompute) *
        (ranges > 1 && weightSlots >= 2 * rangeGroups ? 0.5 : 1);
    cycles += cost.instruction * (tiles * groups * chunks + stores + activationLoads + weightPasses * weightLoads);
    // From the first load to the first computation, and from the last one to its result in memory.
    cycles += cost.loadLatency + activationCycles + cost.drain + storeCycles + cost.storeLatency;
    if (best === undefined || cycles < best.cycles) {
      best = {
        tileHeight,
        tileWidth,
        order,
        rangeGroups,
        weightBatch: batch,
        storeBatch: Math.min(storeBatch, rangeGroups),
        kernel,
        chunkBlocks,
        cycles,
      };
    }
  };
  consider(rangeLimit, 'rangesOuter');
  if (rangeLimit < groups) consider(rangeLimit, 'tilesOuter');
  const fitting = Math.floor(configuration.weightDepth / (chunkRows * chunks));
  for (const rangeGroups of new Set([fitting, Math.floor(fitting / 2), 1])) {
    if (rangeGroups >= 1 && rangeGroups < rangeLimit)
      consider(Math.ceil(groups / Math.ceil(groups / rangeGroups)), 'rangesOuter');
  }
  return best as unknown as ConvPlan;
}

/** K-groups per load of weights: as many as make a load worth its latency, in at most a third of the buffer. */
function weightBatchOf(configuration: ConvEngineValues, groupRows: number, rangeGroups: number): number {
  const groupBytes = groupRows * configuration.outputParallelism * configuration.channelBlock;
  const wanted = Math.ceil(weightBatchBytes / groupBytes);
  const fitting = Math.floor(configuration.weightDepth / (3 * groupRows));
  return Math.max(1, Math.min(wanted, fitting, rangeGroups));
}

/** The chunks of a partition in the order in which they are accumulated. */
function reductionChunks(
  work: ConvolutionWork,
  plan: Pick<ConvPlan, 'kernel' | 'chunkBlocks'>,
  blocks: number,
): ReductionChunk[] {
  const { kernel } = plan;
  const { kernelHeight, kernelWidth } = work.window;
  // Parts of nearly the same size.
  const blockStep = Math.ceil(blocks / Math.ceil(blocks / plan.chunkBlocks));
  const chunks: ReductionChunk[] = [];
  for (let repeatBase = 0; repeatBase < work.weights.parts; repeatBase += kernel.repeats) {
    for (let blockBase = 0; blockBase < blocks; blockBase += blockStep) {
      for (let rowBase = 0; rowBase < kernelHeight; rowBase += kernel.rows) {
        for (let columnBase = 0; columnBase < kernelWidth; columnBase += kernel.columns) {
          chunks.push({
            repeatBase,
            repeats: Math.min(kernel.repeats, work.weights.parts - repeatBase),
            rowBase,
            rows: Math.min(kernel.rows, kernelHeight - rowBase),
            columnBase,
            columns: Math.min(kernel.columns, kernelWidth - columnBase),
            blockBase,
            blocks: Math.min(blockStep, blocks - blockBase),
          });
        }
      }
    }
  }
  return chunks;
}

function nothingFits({ work, configuration, planes, requantize }: Problem): ChipError {
  const { window } = work;
  const smallest = largestSpan(1, 1, window.strideX, window.dilationX, window.inputWidth);
  const parameter =
    planes > configuration.convOutputDepth
      ? 'convOutputDepth'
      : smallest > configuration.activationDepth
        ? 'activationDepth'
        : requantize > configuration.convParameterDepth
          ? 'convParameterDepth'
          : configuration.partialSumDepth < 1
            ? 'partialSumDepth'
            : 'weightDepth';
  return new ChipError(
    'ADC3201',
    `No tile of layer '${work.name}' (${work.operator}) fits: ${parameter} is ${configuration[parameter]}.`,
    {
      location: { node: work.name },
      hint: `Give ${parameter} a larger value (--set ${parameter}=...).`,
    },
  );
}
