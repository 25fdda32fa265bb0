import { rowsFault, type MemoryBox } from '@autodnnchip/core/engine';

import { chipOf, programBufferWords, type Chip } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction, LoadInstruction } from './instruction.js';

/** What a program must fit: its chip, its place, and the manifest that it comes with. */
export interface ProgramSurroundings {
  readonly configuration: AccelSharedConfiguration;
  readonly programAddress: number;
  readonly layerCount: number;
  readonly memoryBytes: number;
}

/**
 * What no program that was built has, as a sentence; undefined where nothing is wrong. A program without such faults
 * ends, stays in its memory and buffers, and marks the end of every layer in turn; timing it takes time by its
 * instructions and buffers.
 */
export function programFault(
  instructions: readonly Instruction[],
  surroundings: ProgramSurroundings,
): string | undefined {
  const { configuration, layerCount } = surroundings;
  const { programBlock } = configuration;
  const chip = chipOf(configuration);
  const blocks = instructions.length / programBlock;
  if (!Number.isInteger(blocks) || blocks < 1)
    return `its ${instructions.length} instructions are no whole number of blocks of ${programBlock}`;
  let endedLayers = 0;
  let halted = false;
  for (const [index, instruction] of instructions.entries()) {
    const fault =
      placeFault(chip, instruction, index, blocks, surroundings) ??
      (halted && instruction.kind !== 'halt' ? 'it follows a halt' : undefined) ??
      instructionFault(chip, instruction, surroundings);
    if (fault !== undefined)
      return `instruction ${index} (${chip.units[instruction.unit]?.name ?? instruction.kind}): ${fault}`;
    if (instruction.kind === 'halt') halted = true;
    if (instruction.kind === 'store' && instruction.layerEnd === 1) {
      if (instruction.layer !== endedLayers)
        return `instruction ${index} ends layer ${instruction.layer} where layer ${endedLayers} should end`;
      endedLayers++;
    }
  }
  if (!halted) return 'it does not halt';
  return endedLayers === layerCount ? undefined : `it ends ${endedLayers} layers, the manifest has ${layerCount}`;
}

/** Blocks but the last begin with the load of the next, and only the last may halt. */
function placeFault(
  chip: Chip,
  instruction: Instruction,
  index: number,
  blocks: number,
  { configuration, programAddress }: ProgramSurroundings,
): string | undefined {
  const { programBlock, channelBlock } = configuration;
  const block = Math.floor(index / programBlock);
  const isLast = block === blocks - 1;
  const isProgramLoad = instruction.kind === 'load' && instruction.target === chip.programTarget;
  if (instruction.kind === 'halt' && !isLast) return 'only the last block may halt';
  if (isProgramLoad !== (index % programBlock === 0 && !isLast))
    return isProgramLoad
      ? 'it loads a block of the program where none is due'
      : 'the next block of the program is not loaded first';
  if (!isProgramLoad) return undefined;
  const blockWords = programBlock * instructionWords(configuration);
  const { address, rowWords, rowCount, planeCount, bufferBase } = instruction;
  const isRight =
    address === programAddress + (block + 1) * blockWords * channelBlock &&
    rowWords === blockWords &&
    rowCount === 1 &&
    planeCount === 1 &&
    bufferBase === ((block + 1) % 2) * blockWords;
  return isRight ? undefined : 'it does not load the next block of the program';
}

function instructionFault(chip: Chip, instruction: Instruction, surroundings: ProgramSurroundings): string | undefined {
  const { configuration, layerCount, memoryBytes } = surroundings;
  if (instruction.layer >= layerCount) return `there is no layer ${instruction.layer}`;
  switch (instruction.kind) {
    case 'halt':
      return undefined;
    case 'load':
      return (
        boxFault(instruction, memoryBytes, configuration) ??
        rowsFault(
          loadRows(chip, instruction),
          instruction.bufferBase,
          loadDepth(chip, instruction.target, configuration),
        )
      );
    case 'store':
      return (
        boxFault(instruction, memoryBytes, configuration) ??
        rowsFault(
          instruction.rowWords * instruction.rowCount * instruction.planeCount,
          instruction.bufferBase,
          chip.storeBuffers[instruction.source].depth,
        )
      );
    case 'task':
      return chip.engines[instruction.unit - 1].fault(instruction.task);
  }
}

function boxFault(
  box: MemoryBox,
  memoryBytes: number,
  { channelBlock, busBytes }: AccelSharedConfiguration,
): string | undefined {
  const { address, rowWords, rowCount, rowStride, planeCount, planeStride } = box;
  if (rowWords < 1 || rowCount < 1 || planeCount < 1) return 'it moves nothing';
  if (address % busBytes !== 0 || rowStride % busBytes !== 0 || planeStride % busBytes !== 0)
    return 'an address is not that of a word of the bus';
  const end = boxEnd(box, channelBlock);
  return end <= memoryBytes ? undefined : `it reaches ${end} of ${memoryBytes} bytes of memory`;
}

function boxEnd(
  { address, rowWords, rowCount, rowStride, planeCount, planeStride }: MemoryBox,
  channelBlock: number,
): number {
  return address + (planeCount - 1) * planeStride + (rowCount - 1) * rowStride + rowWords * channelBlock;
}

/** The byte behind the last one of external memory that loads and stores of a program reach. */
export function reachedBytes(instructions: readonly Instruction[], { channelBlock }: AccelSharedConfiguration): number {
  return instructions.reduce(
    (most, instruction) =>
      instruction.kind === 'load' || instruction.kind === 'store'
        ? Math.max(most, boxEnd(instruction, channelBlock))
        : most,
    0,
  );
}

/** Rows of the target buffer that a load fills, as the load unit counts them. */
function loadRows(
  { loadBuffers, programTarget }: Chip,
  { target, rowWords, rowCount, planeCount }: LoadInstruction,
): number {
  const planeWords = rowWords * rowCount;
  if (target === programTarget) return planeWords * planeCount;
  const { banks, bankOrder } = loadBuffers[target];
  return bankOrder === 'planes'
    ? planeWords * Math.ceil(planeCount / banks)
    : Math.ceil((planeWords * planeCount) / banks);
}

function loadDepth(
  { loadBuffers, programTarget }: Chip,
  target: number,
  configuration: AccelSharedConfiguration,
): number {
  return target === programTarget ? programBufferWords(configuration) : loadBuffers[target].depth;
}
