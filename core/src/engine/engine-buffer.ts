/**
 * How the words of a load go into a buffer of several banks: word after word to the next bank, or plane after plane.
 */
export type BankOrder = 'words' | 'planes';

/**
 * A local memory between chassis and engine. The chassis makes it, fills operands and constants by loads and empties
 * results by stores; an engine reads and writes rows. Data comes two cycles after the address.
 */
export interface EngineBuffer {
  /** Name within the engine; ports of the RTL begin with it. */
  readonly id: string;
  /** Filled with parts of feature maps; with constants of layers; emptied into feature maps. */
  readonly role: 'operand' | 'constant' | 'result';
  /** Rows. A row holds a word of each bank. */
  readonly depth: number;
  /** Words of a row, each in a memory of its own. Results have one. */
  readonly banks: number;
  readonly bankOrder: BankOrder;
  /** Bits of each word that are kept; absent: all of them. */
  readonly storedBits?: number;
  /**
   * Memories with the same words, each with a read port of its own; 0 where this instance of the engine has none.
   * Absent: one.
   */
  readonly copies?: number;
  /** Bits of an address at the engine's read port; absent: `bufferAddressBits`. */
  readonly addressBits?: number;
  /**
   * What synthesis finds behind the outputs of all its banks, where it merges that with the memories' own registers.
   */
  readonly outputs?: BufferOutputs;
}

/** Registers of an engine that data of a buffer goes through first, all banks together. */
export interface BufferOutputs {
  /** Bits that nobody reads. */
  readonly unreadBits?: number;
  /** Bits that go through a row of plain registers, and registers in the row. */
  readonly bits: number;
  readonly registers: number;
  /** Whether the row is so long that it is a shift register by itself, which takes up the memory's registers. */
  readonly isShiftRegister: boolean;
}

/** A memory that only the engine sees. */
export interface PrivateMemory {
  readonly id: string;
  readonly widthBits: number;
  readonly depth: number;
}

/**
 * Contents of an engine's memories while a task is executed: bytes by the buffers' and memories' names, row after row,
 * banks in order.
 */
export type EngineMemories = Readonly<Record<string, Int8Array>>;
