import { fitsField, heldValue, type Task, type TaskField } from './task-fields.js';

/** A field of an encoded instruction. */
export interface InstructionField extends Omit<TaskField, 'description'> {
  readonly description?: string;
}

/** A field with its place. */
export interface PlacedField extends InstructionField {
  readonly leastSignificantBit: number;
}

/** Fields one after another, from a bit on. */
export function placeFields(fields: readonly InstructionField[], from: number): PlacedField[] {
  let next = from;
  return fields.map(field => {
    const placed = { ...field, leastSignificantBit: next };
    next += field.bits;
    return placed;
  });
}

/** Bits up to the end of the last field. */
export function usedBits(fields: readonly PlacedField[]): number {
  const last = fields.at(-1);
  return last === undefined ? 0 : last.leastSignificantBit + last.bits;
}

/** Writes a field of zeroed memory that begins at `offset`. */
export function insertField(
  bytes: Uint8Array,
  offset: number,
  { leastSignificantBit, bits }: PlacedField,
  value: number,
): void {
  // Two's complement of up to 32 bits, bit by byte; fields may straddle bytes.
  let rest = heldValue({ bits }, value);
  let remaining = bits;
  let bit = leastSignificantBit;
  while (remaining > 0) {
    const shift = bit & 7;
    const take = Math.min(8 - shift, remaining);
    bytes[offset + (bit >> 3)] |= (rest % 2 ** take) << shift;
    rest = Math.floor(rest / 2 ** take);
    bit += take;
    remaining -= take;
  }
}

/** Reads a field of memory that begins at `offset`. */
export function extractField(bytes: Uint8Array, offset: number, field: PlacedField): number {
  let value = 0;
  for (let done = 0; done < field.bits;) {
    const bit = field.leastSignificantBit + done;
    const shift = bit & 7;
    const take = Math.min(8 - shift, field.bits - done);
    value += ((bytes[offset + (bit >> 3)] >> shift) & (2 ** take - 1)) * 2 ** done;
    done += take;
  }
  return heldValue(field, value);
}

/** The first field that cannot hold its value. */
export function overflowingField(fields: readonly PlacedField[], values: Task): PlacedField | undefined {
  return fields.find(field => !fitsField(field, values[field.name]));
}
