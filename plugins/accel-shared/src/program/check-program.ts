import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { ConvInstruction, Instruction, LaneInstruction, LoadInstruction, LoadTarget, MemoryBox } from './instruction.js';

/** What a program must fit: its chip, its place, and the manifest that it comes with. */
export interface ProgramSurroundings {
  readonly configuration: AccelSharedConfiguration;
  readonly programAddress: number;
  readonly layerCount: number;
  readonly memoryBytes: number;
}

/**
 * What no program that was built has, as a sentence; undefined where nothing is wrong. A program without such faults ends, stays in
 * its memory and buffers, and marks the end of every layer in turn; timing it takes time by its instructions and buffers.
 */
export function programFault(instructions: readonly Instruction[], surroundings: ProgramSurroundings): string | undefined {
  const { configuration: { programBlock }, layerCount } = surroundings;
  const blocks = instructions.length / programBlock;
  if (!Number.isInteger(blocks) || blocks < 1) return `its ${instructions.length} instructions are no whole number of blocks of ${programBlock}`;
  let endedLayers = 0;
  let halted = false;
  for (const [index, instruction] of instructions.entries()) {
    const fault = placeFault(instruction, index, blocks, surroundings) ?? (halted && instruction.unit !== 'halt' ? 'it follows a halt' : undefined) ?? instructionFault(instruction, surroundings);
    if (fault !== undefined) return `instruction ${index} (${instruction.unit}): ${fault}`;
    if (instruction.unit === 'halt') halted = true;
    if (instruction.unit === 'store' && instruction.layerEnd === 1) {
      if (instruction.layer !== endedLayers) return `instruction ${index} ends layer ${instruction.layer} where layer ${endedLayers} should end`;
      endedLayers++;
    }
  }
  if (!halted) return 'it does not halt';
  return endedLayers === layerCount ? undefined : `it ends ${endedLayers} layers, the manifest has ${layerCount}`;
}

/** Blocks but the last begin with the load of the next, and only the last may halt. */
function placeFault(instruction: Instruction, index: number, blocks: number, { configuration, programAddress }: ProgramSurroundings): string | undefined {
  const { programBlock, channelBlock } = configuration;
  const block = Math.floor(index / programBlock);
  const isLast = block === blocks - 1;
  const isProgramLoad = instruction.unit === 'load' && instruction.target === 'program';
  if (instruction.unit === 'halt' && !isLast) return 'only the last block may halt';
  if (isProgramLoad !== (index % programBlock === 0 && !isLast)) return isProgramLoad ? 'it loads a block of the program where none is due' : 'the next block of the program is not loaded first';
  if (!isProgramLoad) return undefined;
  const blockWords = programBlock * instructionWords(configuration);
  const { address, rowWords, rowCount, planeCount, bufferBase } = instruction;
  const isRight = address === programAddress + (block + 1) * blockWords * channelBlock && rowWords === blockWords && rowCount === 1 && planeCount === 1 && bufferBase === ((block + 1) % 2) * blockWords;
  return isRight ? undefined : 'it does not load the next block of the program';
}

function instructionFault(instruction: Instruction, surroundings: ProgramSurroundings): string | undefined {
  const { configuration, layerCount, memoryBytes } = surroundings;
  if (instruction.layer >= layerCount) return `there is no layer ${instruction.layer}`;
  switch (instruction.unit) {
    case 'halt': return undefined;
    case 'load': return boxFault(instruction, memoryBytes, configuration) ?? roomFault(loadRows(instruction, configuration), instruction.bufferBase, loadDepth(instruction.target, configuration));
    case 'store': {
      const depth = instruction.source === 'conv' ? configuration.convOutputDepth : configuration.laneOutputDepth;
      return boxFault(instruction, memoryBytes, configuration) ?? roomFault(instruction.rowWords * instruction.rowCount * instruction.planeCount, instruction.bufferBase, depth);
    }
    case 'conv': return convFault(instruction, configuration);
    case 'lane': return laneFault(instruction, configuration);
  }
}

function boxFault(box: MemoryBox, memoryBytes: number, { channelBlock, busBytes }: AccelSharedConfiguration): string | undefined {
  const { address, rowWords, rowCount, rowStride, planeCount, planeStride } = box;
  if (rowWords < 1 || rowCount < 1 || planeCount < 1) return 'it moves nothing';
  if (address % busBytes !== 0 || rowStride % busBytes !== 0 || planeStride % busBytes !== 0) return 'an address is not that of a word of the bus';
  const end = address + (planeCount - 1) * planeStride + (rowCount - 1) * rowStride + rowWords * channelBlock;
  return end <= memoryBytes ? undefined : `it reaches ${end} of ${memoryBytes} bytes of memory`;
}

function roomFault(rows: number, base: number, depth: number): string | undefined {
  return base + rows <= depth ? undefined : `it takes ${rows} rows from ${base} on of a buffer that has ${depth}`;
}

/** Rows of the target buffer that a load fills, as the load unit counts them. */
function loadRows({ target, rowWords, rowCount, planeCount }: LoadInstruction, { outputParallelism, laneBlocks, convRequantizeDivider, laneRequantizeDivider }: AccelSharedConfiguration): number {
  const planeWords = rowWords * rowCount;
  const words = planeWords * planeCount;
  switch (target) {
    case 'weight': return Math.ceil(words / outputParallelism);
    case 'convParameter': return Math.ceil(words / (8 / convRequantizeDivider));
    case 'laneParameter': return Math.ceil(words / (8 / laneRequantizeDivider));
    case 'laneInput': case 'laneWeight': return planeWords * Math.ceil(planeCount / laneBlocks);
    case 'activation': case 'laneTable': case 'program': return words;
  }
}

/** Words of the two tables of the lane engine. */
const laneTableWords = 512;

function loadDepth(target: LoadTarget, configuration: AccelSharedConfiguration): number {
  const depths: Readonly<Record<LoadTarget, number>> = {
    activation: configuration.activationDepth, weight: configuration.weightDepth, convParameter: configuration.convParameterDepth,
    laneInput: configuration.laneInputDepth, laneWeight: configuration.laneWeightDepth, laneParameter: configuration.laneParameterDepth,
    laneTable: laneTableWords, program: 2 * configuration.programBlock * instructionWords(configuration),
  };
  return depths[target];
}

function windowFault({ outputWidth, outputHeight, kernelWidth, kernelHeight, strideX, strideY }: ConvInstruction | LaneInstruction): string | undefined {
  return Math.min(outputWidth, outputHeight, kernelWidth, kernelHeight, strideX, strideY) < 1 ? 'its window or its output is empty' : undefined;
}

function convFault(task: ConvInstruction, configuration: AccelSharedConfiguration): string | undefined {
  const { outputParallelism, channelBlock, weightDepth, partialSumDepth, convOutputDepth } = configuration;
  const pixels = task.outputWidth * task.outputHeight;
  const steps = task.repeat * task.kernelHeight * task.kernelWidth * task.blocks;
  if (steps < 1) return 'it multiplies nothing';
  const sums = task.accumulateIn === 1 || task.accumulateOut === 1 ? roomFault(pixels, task.partialSumBase, partialSumDepth) : undefined;
  const outputs = task.accumulateOut === 1 ? undefined : roomFault((outputParallelism / channelBlock - 1) * task.outputPlaneStride + pixels, task.outputBase, convOutputDepth);
  return windowFault(task) ?? roomFault(steps, task.weightBase, weightDepth) ?? sums ?? outputs;
}

function laneFault(task: LaneInstruction, { laneBlocks, laneOutputDepth }: AccelSharedConfiguration): string | undefined {
  if (task.groups < 1 || task.operands < 1) return 'it computes nothing';
  const pixels = task.outputWidth * task.outputHeight;
  return windowFault(task) ?? roomFault((task.groups * laneBlocks - 1) * task.outputPlaneStride + pixels, task.outputBase, laneOutputDepth);
}
