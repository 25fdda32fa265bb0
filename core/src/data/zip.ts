import { inflateSync } from 'fflate';
import { ChipError } from '../errors/index.js';

/** How much an archive may hold before reading it is refused. */
export interface ArchiveLimits {
  /** Largest size of one entry, inflated, in bytes. */
  readonly maximumEntryBytes: number;
  /** Largest number of entries. */
  readonly maximumEntries: number;
  /**
   * Most bytes that a byte of the archive may stand for, all entries that are read together; small archives may expand
   * as they like.
   */
  readonly maximumExpansion: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maximumEntryBytes: 2 ** 31 - 1,
  maximumEntries: 65535,
  maximumExpansion: 64,
};

/** Inflated bytes that no archive is too small for: arrays of zeros are packed a thousandfold. */
const freeBytes = 64 * 2 ** 20;

/** One file in a zip archive. Nothing is inflated before `read` is called. */
export interface ArchiveEntry {
  readonly name: string;
  /** Declared size, inflated, in bytes. */
  readonly size: number;
  /** Inflates and checks size and CRC-32. */
  readonly read: () => Uint8Array;
}

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const wideMarker = 0xffffffff;
/** Deflate cannot expand by more than this; a larger declared ratio is a damaged or hostile header. */
const largestDeflateRatio = 1032;

function damaged(file: string, what: string, byteOffset?: number): ChipError {
  return new ChipError('ADC1102', `${file}: ${what}.`, {
    location: byteOffset === undefined ? { file } : { file, byteOffset },
    hint: 'Write the file again; it is truncated, damaged or not a zip archive.',
  });
}

/**
 * Entries of a zip archive (PKWARE APPNOTE 6.3: stored and deflated entries, one disk, no encryption, no zip64 sizes).
 * Every size is checked against the archive and the limits before memory is taken for it; a name that is there twice is
 * refused.
 */
export function readArchive(
  bytes: Uint8Array,
  file: string,
  limits: ArchiveLimits = defaultArchiveLimits,
): ArchiveEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end === undefined) throw damaged(file, 'the end of the zip directory is missing');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (at === wideMarker || count === 0xffff) throw damaged(file, 'a zip64 directory is not supported', end);
  if (count > limits.maximumEntries)
    throw damaged(file, `${count} entries are more than the limit of ${limits.maximumEntries}`, end);
  const entries: ArchiveEntry[] = [];
  const names = new Set<string>();
  const budget = { left: Math.max(freeBytes, limits.maximumExpansion * bytes.length) };
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || view.getUint32(at, true) !== directorySignature)
      throw damaged(file, `directory entry ${index} is not readable`, at);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw damaged(file, `directory entry ${index} runs past the directory`, at);
    const entry = readEntry(view, bytes, file, limits, budget, at, nameLength);
    // Which of them counts, readers do not agree on.
    if (names.has(entry.name)) throw damaged(file, `two entries are named '${entry.name}'`, at);
    names.add(entry.name);
    entries.push(entry);
    at = next;
  }
  return entries;
}

function findEnd(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  return undefined;
}

function readEntry(
  view: DataView,
  bytes: Uint8Array,
  file: string,
  limits: ArchiveLimits,
  budget: { left: number },
  at: number,
  nameLength: number,
): ArchiveEntry {
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const packedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  if ((flags & 1) !== 0) throw damaged(file, `entry '${name}' is encrypted`, at);
  if (method !== 0 && method !== 8)
    throw damaged(file, `entry '${name}' uses compression method ${method}; stored and deflated are supported`, at);
  if (packedSize === wideMarker || size === wideMarker || header === wideMarker)
    throw damaged(file, `entry '${name}' needs zip64`, at);
  const impossible = method === 0 ? size !== packedSize : size > largestDeflateRatio * packedSize + 64;
  if (impossible) throw damaged(file, `entry '${name}' declares ${size} bytes in ${packedSize}`, at);
  const read = (): Uint8Array => {
    if (size > limits.maximumEntryBytes) {
      throw new ChipError(
        'ADC1103',
        `${file}: entry '${name}' is ${size} bytes; the limit is ${limits.maximumEntryBytes}.`,
        {
          location: { file },
          hint: 'Write fewer samples, or one array per file.',
        },
      );
    }
    budget.left -= size;
    if (budget.left < 0) {
      throw new ChipError(
        'ADC1103',
        `${file}: with entry '${name}' it inflates to more than ${limits.maximumExpansion} times its own size, as no recorded data does.`,
        {
          location: { file },
          hint: 'Write the arrays without compression (numpy.savez), or fewer of them.',
        },
      );
    }
    if (header + 30 > view.byteLength || view.getUint32(header, true) !== localSignature)
      throw damaged(file, `entry '${name}' has no local header`, header);
    const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    if (start + packedSize > view.byteLength) throw damaged(file, `entry '${name}' is truncated`, start);
    const packed = bytes.subarray(start, start + packedSize);
    const content = method === 0 ? packed : inflate(packed, size, file, name);
    if (content.length !== size || crc32(content) !== checksum)
      throw damaged(file, `entry '${name}' does not match its size and checksum`, start);
    return content;
  };
  return { name, size, read };
}

function inflate(packed: Uint8Array, size: number, file: string, name: string): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (cause) {
    throw new ChipError('ADC1102', `${file}: entry '${name}' cannot be inflated.`, {
      cause,
      location: { file },
      hint: 'Write the file again; it is damaged.',
    });
  }
}

const checksumTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 as in zip and PNG. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let index = 0; index < bytes.length; index++)
    value = checksumTable[(value ^ bytes[index]) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
