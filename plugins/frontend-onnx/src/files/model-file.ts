import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ChipError } from '@autodnnchip/core';
import { beyondLimit, damaged, emptyFile, notRegularFile, unreadableFile } from '../errors.js';
import { limits } from '../limits.js';

/** Reads a whole model file; whatever the file system says against it becomes a ChipError. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  return await withFile(path, async (handle, size) => {
    if (size === 0) throw emptyFile(path);
    if (size > limits.fileBytes) throw beyondLimit(path, `Model file ${path} has ${size} bytes; ONNX files end at 2 GiB (larger weights are kept in external data).`);
    const bytes = new Uint8Array(size);
    const filled = await fill(handle, bytes);
    if (filled < size) throw damaged(path, 'the file became shorter while it was read', filled);
    return bytes;
  });
}

/** The first bytes of a file, fewer when it is shorter. */
export async function readFileStart(path: string, count: number): Promise<Uint8Array> {
  return await withFile(path, async (handle, size) => {
    const bytes = new Uint8Array(Math.min(count, size));
    return bytes.subarray(0, await fill(handle, bytes));
  });
}

async function fill(handle: FileHandle, bytes: Uint8Array): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function withFile<Result>(path: string, use: (handle: FileHandle, size: number) => Promise<Result>): Promise<Result> {
  let handle: FileHandle | undefined;
  try {
    // Not to wait for a writer: a named pipe must not block.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const status = await handle.stat();
    if (status.isDirectory()) throw unreadableFile(path, Object.assign(new Error('is a directory'), { code: 'EISDIR' }));
    if (!status.isFile()) throw notRegularFile(path);
    return await use(handle, status.size);
  } catch (error) {
    throw error instanceof ChipError ? error : unreadableFile(path, error);
  } finally {
    await handle?.close();
  }
}
