/**
 * What an instruction tells an engine: whole numbers by the names of the engine's fields, as they stand in the
 * instruction.
 */
export type Task = Readonly<Record<string, number>>;

/**
 * A field of an engine's tasks. The chassis places the fields after its own header, in the order of the list, and makes
 * encoder, decoder, SystemVerilog constants and documentation of them.
 */
export interface TaskField {
  readonly name: string;
  readonly bits: number;
  /**
   * The field holds two's complement. Other fields of negative values wrap at their width, as address arithmetic does.
   */
  readonly signed?: boolean;
  /** Buffer of the engine that the field addresses: only as many of its bits are read as that buffer needs. */
  readonly addresses?: string;
  /** Names of the field's values, for the RTL. */
  readonly codes?: Readonly<Record<string, number>>;
  readonly description: string;
}

/** Bits of buffer addresses in tasks; address arithmetic of the sequencers wraps at this width. */
export const bufferAddressBits = 20;

/** An address as a field holds it. */
export function wrappedAddress(address: number): number {
  return address & (2 ** bufferAddressBits - 1);
}

/** Bits of a row or column within a tile. */
export const coordinateBits = 14;

/** What a field holds of a value: the value's bits, read as the field's sign says. */
export function heldValue({ bits, signed }: Pick<TaskField, 'bits' | 'signed'>, value: number): number {
  const limit = 2 ** bits;
  const wrapped = ((value % limit) + limit) % limit;
  return signed === true && wrapped >= limit / 2 ? wrapped - limit : wrapped;
}

/** Whether a field can hold a value: as it is, or as a negative number of its width. */
export function fitsField({ bits }: Pick<TaskField, 'bits'>, value: number): boolean {
  const limit = 2 ** bits;
  return Number.isInteger(value) && value < limit && value >= -limit;
}
