import { chipOf } from '../chip/chip.js';
import { instructionWords, type AccelSharedConfiguration } from '../configuration.js';
import type { Instruction } from '../program/instruction.js';
import { encodeInstruction } from '../program/instruction-encoder.js';

/** The program as it lies in memory, from the program address. Throws ADC3001 when a field overflows. */
export function encodeProgram(
  instructions: readonly Instruction[],
  configuration: AccelSharedConfiguration,
): Uint8Array {
  const chip = chipOf(configuration);
  const stride = instructionWords(configuration) * configuration.channelBlock;
  const bytes = new Uint8Array(instructions.length * stride);
  instructions.forEach((instruction, index) => encodeInstruction(chip, instruction, bytes, index * stride));
  return bytes;
}
