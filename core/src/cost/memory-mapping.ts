import { gateCosts, memoryLibrary, type FpgaFamily, type RamPrimitive } from './memory-library.js';

/** A memory with one write port and one read port on the same clock, and a register behind the read data. */
export interface RamShape {
  readonly widthBits: number;
  readonly depth: number;
  /** What the RTL asks for with `ram_style`; `auto`, without the attribute, takes what costs least. */
  readonly style: 'block' | 'distributed' | 'auto';
  /**
   * False where the RTL says `no_rw_check`: a word is never read in the cycle that writes it. Otherwise families whose
   * block RAM does not give the old word then get gates that do.
   */
  readonly readDuringWrite: boolean;
}

/** What a memory takes of an FPGA. */
export interface RamMapping {
  /** Cell type, or `flip-flops`. */
  readonly primitive: string;
  readonly primitives: number;
  /** Slices of the depth, each with primitives of its own, joined by multiplexers. */
  readonly slices: number;
  /** In the family's own units. Equal to Yosys 0.23 wherever it was measured. */
  readonly bram: number;
  /** LUTs, those that hold bits included; an estimate where the old word is kept by gates. */
  readonly lut: number;
  readonly ff: number;
}

interface Candidate {
  readonly primitive: RamPrimitive;
  readonly primitives: number;
  readonly slices: number;
  readonly cost: number;
}

const mappings = new Map<string, Map<number, RamMapping>>();
const depthsPerWidth = 2 ** 24;

/** How Yosys 0.23 maps a memory onto a family. Remembered: searches ask for the same few shapes again and again. */
export function mapMemory(shape: RamShape, family: FpgaFamily): RamMapping {
  const kind = `${family} ${shape.style} ${shape.readDuringWrite}`;
  let known = mappings.get(kind);
  if (known === undefined) mappings.set(kind, (known = new Map()));
  const size = shape.widthBits * depthsPerWidth + shape.depth;
  let mapping = known.get(size);
  if (mapping === undefined) known.set(size, (mapping = mapShape(shape, family)));
  return mapping;
}

function mapShape(shape: RamShape, family: FpgaFamily): RamMapping {
  const best = cheapest(shape, family);
  const addressBits = Math.max(1, Math.ceil(Math.log2(shape.depth)));
  if (best === undefined) return flipFlopMapping(shape, addressBits);
  const { primitive, primitives, slices } = best;
  const keepsOldWord = shape.readDuringWrite && !primitive.readsOldWord;
  const multiplexers = slices === 1 ? 0 : slices + Math.round(shape.widthBits * multiplexerLutsPerBit(slices, family));
  const selectBits = primitive.kind === 'block' && slices > 1 ? Math.ceil(Math.log2(slices)) : 0;
  // A block holds the first of the two registers behind the array itself; LUTs leave both to flip-flops.
  const dataRegisters = primitive.kind === 'block' ? 1 : 2;
  return {
    primitive: primitive.name,
    primitives,
    slices,
    bram: primitives * primitive.bram,
    lut: primitives * primitive.lut + multiplexers + (keepsOldWord ? shape.widthBits + 2 * addressBits : 0),
    ff: dataRegisters * shape.widthBits + selectBits + (keepsOldWord ? 2 * shape.widthBits + addressBits + 2 : 0),
  };
}

/** The primitive that costs least, or undefined where flip-flops do. */
function cheapest(shape: RamShape, family: FpgaFamily): Candidate | undefined {
  let best: Candidate | undefined;
  for (const primitive of memoryLibrary[family]) {
    if (shape.style !== 'auto' && shape.style !== primitive.kind) continue;
    const candidate = cheapestWidth(primitive, shape);
    if (best === undefined || candidate.cost < best.cost) best = candidate;
  }
  const flipFlops = shape.widthBits * shape.depth * gateCosts.flipFlopBit;
  if (shape.style === 'auto' && best !== undefined && flipFlops <= best.cost) return undefined;
  return best;
}

function cheapestWidth(primitive: RamPrimitive, shape: RamShape): Candidate {
  const { widthBits, depth } = shape;
  const emulation = shape.readDuringWrite && !primitive.readsOldWord ? gateCosts.oldWord : gateCosts.dataRegister;
  let best: Candidate | undefined;
  for (const [index, unitBits] of primitive.widths.entries()) {
    const slices = Math.ceil(depth / 2 ** (primitive.addressBits - index));
    const padding = primitive.paddingBits === 0 ? unitBits : Math.min(primitive.paddingBits, unitBits);
    const paddedBits = Math.ceil(widthBits / padding) * padding;
    const primitives = Math.ceil((slices * paddedBits) / unitBits);
    const units = primitive.costByBits ? (slices * widthBits) / unitBits : primitives;
    const joined = slices === 1 ? 0 : (slices - 1) * widthBits + slices;
    const cost = units * primitive.cost + joined * gateCosts.multiplexer + emulation;
    if (best === undefined || cost < best.cost) best = { primitive, primitives, slices, cost };
  }
  if (best === undefined) throw new RangeError(`${primitive.name} has no widths`);
  return best;
}

/** LUTs that choose one of several bits, by the number of bits; 6, 7, 10 to 12, 14 and 15 lie between measured ones. */
const multiplexerLuts: Readonly<Record<FpgaFamily, readonly number[]>> = {
  xcup: [0, 0, 1, 1, 1, 4, 4, 4, 4, 3.25, 3.67, 4.09, 4.51, 4.93, 4.95, 4.98, 5],
  ecp5: [0, 0, 1, 2, 4, 5, 5, 5, 7, 11.5, 14.05, 16.6, 19.15, 21.7, 24.5, 27.2, 30],
  ice40: [0, 0, 1, 2, 2, 3, 4, 4, 5],
};

function multiplexerLutsPerBit(slices: number, family: FpgaFamily): number {
  return multiplexerLuts[family][slices] ?? (family === 'xcup' ? (slices * 5) / 16 : 2 * slices);
}

function flipFlopMapping({ widthBits, depth }: RamShape, addressBits: number): RamMapping {
  const bits = widthBits * depth;
  return {
    primitive: 'flip-flops',
    primitives: bits,
    slices: 1,
    bram: 0,
    lut: depth + Math.ceil(bits / 2) + addressBits,
    ff: bits + 2 * widthBits,
  };
}
