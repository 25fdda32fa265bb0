import type { MemoryRegion } from '../requests.js';

const digits = new TextEncoder().encode('0123456789abcdef');
const lineBreak = 10;

/**
 * Bytes as `$readmemh` takes them: one bus word a line, most significant byte first. The last word is filled with
 * zeros.
 */
export function formatBusWords(bytes: Uint8Array, busBytes: number): Uint8Array {
  const words = Math.ceil(bytes.length / busBytes);
  const text = new Uint8Array(words * (2 * busBytes + 1));
  let position = 0;
  for (let word = 0; word < words; word++) {
    for (let lane = busBytes - 1; lane >= 0; lane--) {
      const byte = bytes[word * busBytes + lane] ?? 0;
      text[position++] = digits[byte >> 4] ?? 0;
      text[position++] = digits[byte & 15] ?? 0;
    }
    text[position++] = lineBreak;
  }
  return text;
}

/** Bus words that a region touches. */
export interface WordRange {
  readonly first: number;
  readonly count: number;
}

export function coveringWords({ address, length }: MemoryRegion, busBytes: number): WordRange {
  const first = Math.floor(address / busBytes);
  return { first, count: length === 0 ? 0 : Math.ceil((address + length) / busBytes) - first };
}

/** The bytes of a region out of the lines of its bus words, or undefined where a line is not a word. */
export function readBusWords(lines: readonly string[], region: MemoryRegion, busBytes: number): Uint8Array | undefined {
  const { first, count } = coveringWords(region, busBytes);
  const bytes = new Uint8Array(count * busBytes);
  for (let word = 0; word < count; word++) {
    const line = lines[word] ?? '';
    if (line.length !== 2 * busBytes) return undefined;
    for (let lane = 0; lane < busBytes; lane++) {
      const at = 2 * (busBytes - 1 - lane);
      const byte = Number.parseInt(line.slice(at, at + 2), 16);
      if (Number.isNaN(byte)) return undefined;
      bytes[word * busBytes + lane] = byte;
    }
  }
  const begin = region.address - first * busBytes;
  return bytes.slice(begin, begin + region.length);
}
