import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ChipError, errorMessage, systemErrorCode } from '../errors/index.js';
import { inputFileKinds, type InputFileKind, type InputFileKindName } from './input-file-kinds.js';

/** Not to wait for a writer: opening a named pipe must not block. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Read between two looks at the signal. */
const chunkBytes = 8 * 2 ** 20;

/**
 * Reads a file that a user named. Only regular files are read, none larger than its kind allows; the size is known
 * before memory is taken. An aborted signal ends the reading with ADC6002.
 */
export async function readInputFile(path: string, kind: InputFileKindName, signal?: AbortSignal): Promise<Uint8Array> {
  return await withInputFile(path, kind, async (handle, size) => {
    const bytes = new Uint8Array(size);
    return bytes.subarray(0, await fill(handle, bytes, signal));
  });
}

/** The first bytes of such a file, fewer when it is shorter; its size does not matter. */
export async function readInputFileStart(path: string, kind: InputFileKindName, count: number): Promise<Uint8Array> {
  return await withInputFile(
    path,
    kind,
    async (handle, size) => {
      const bytes = new Uint8Array(Math.min(count, size));
      return bytes.subarray(0, await fill(handle, bytes));
    },
    Infinity,
  );
}

/** As `readInputFile`, for what must be there at once: small files, while the framework starts or options are read. */
export function readInputFileSync(path: string, kind: InputFileKindName): Uint8Array {
  let file: OpenInputFile | undefined;
  try {
    file = openInputFile(path, kind);
    const bytes = new Uint8Array(file.size);
    return bytes.subarray(0, readAt(file, bytes, 0));
  } catch (error) {
    throw asRefusal(path, inputFileKinds[kind], error);
  } finally {
    if (file !== undefined) closeSync(file.descriptor);
  }
}

/** A file whose ranges are read when they are asked for. Whoever opens it closes it. */
export interface OpenInputFile {
  readonly descriptor: number;
  readonly size: number;
}

/**
 * Opens a regular file; what the file system says against it is thrown as it is, so that callers can look at its code.
 */
export function openInputFile(
  path: string,
  kind: InputFileKindName,
  maximumBytes: number = inputFileKinds[kind].maximumBytes,
): OpenInputFile {
  const descriptor = openSync(path, openFlags);
  try {
    const facts = fstatSync(descriptor);
    checkFacts(path, inputFileKinds[kind], facts, maximumBytes);
    return { descriptor, size: facts.size };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Fills `bytes` from `offset` of the file on; returns how many there were. */
export function readAt({ descriptor }: OpenInputFile, bytes: Uint8Array, offset: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, Math.min(bytes.length - filled, 2 ** 30), offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

async function withInputFile<Result>(
  path: string,
  kind: InputFileKindName,
  use: (handle: FileHandle, size: number) => Promise<Result>,
  maximumBytes: number = inputFileKinds[kind].maximumBytes,
): Promise<Result> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, openFlags);
    const facts = await handle.stat();
    checkFacts(path, inputFileKinds[kind], facts, maximumBytes);
    return await use(handle, facts.size);
  } catch (error) {
    throw asRefusal(path, inputFileKinds[kind], error);
  } finally {
    await handle?.close();
  }
}

async function fill(handle: FileHandle, bytes: Uint8Array, signal?: AbortSignal): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    if (signal?.aborted === true) throw new ChipError('ADC6002', 'The command was interrupted while it read a file');
    const { bytesRead } = await handle.read(bytes, filled, Math.min(bytes.length - filled, chunkBytes), filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

function checkFacts(path: string, kind: InputFileKind, facts: Stats, maximumBytes: number): void {
  if (facts.isDirectory()) throw refusal(path, kind, 'is a directory');
  if (!facts.isFile()) throw refusal(path, kind, 'is not a regular file');
  if (facts.size <= maximumBytes) return;
  throw new ChipError(
    kind.sizeCode ?? kind.code,
    `${kind.title} ${path} has ${facts.size} bytes; the limit is ${maximumBytes}`,
    {
      location: { file: path },
      hint: kind.sizeHint ?? kind.hint,
    },
  );
}

const systemReasons: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['does not exist', 'Check the path.'],
  ENOTDIR: ['does not exist: a part of its path is a file', 'Check the path.'],
  ENAMETOOLONG: ['cannot be read: its path is too long', 'Check the path.'],
  ELOOP: ['cannot be read: its links lead in a circle', 'Check the path.'],
  EACCES: ['may not be read: permission denied', 'Give yourself permission to read it.'],
  EPERM: ['may not be read: permission denied', 'Give yourself permission to read it.'],
  // Sockets, and devices without a driver, cannot even be opened.
  ENXIO: ['is not a regular file', ''],
  ENODEV: ['is not a regular file', ''],
};

function asRefusal(path: string, kind: InputFileKind, error: unknown): ChipError {
  if (error instanceof ChipError) return error;
  const code = systemErrorCode(error);
  const [what, hint] = systemReasons[code] ?? [
    `cannot be read: ${errorMessage(error)}`,
    'Check that it is a regular file on a working disk.',
  ];
  return refusal(path, kind, what, hint === '' ? kind.hint : hint, error);
}

function refusal(path: string, kind: InputFileKind, what: string, hint = kind.hint, cause?: unknown): ChipError {
  return new ChipError(kind.code, `${kind.title} ${path} ${what}.`, {
    location: { file: path },
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
