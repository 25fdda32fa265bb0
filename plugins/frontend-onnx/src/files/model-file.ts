import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ChipError } from '@autodnnchip/core';
import { beyondLimit, damaged, emptyFile, notRegularFile, unreadableFile } from '../errors.js';
import { limits } from '../limits.js';

/** Reads a whole model file; whatever the file system says against it becomes a ChipError. */
export async function readModelFile(path: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await openRegularFile(path);
    const { size } = await handle.stat();
    if (size === 0) throw emptyFile(path);
    if (size > limits.fileBytes) throw beyondLimit(path, `Model file ${path} has ${size} bytes; ONNX files end at 2 GiB (larger weights are kept in external data).`);
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
      if (bytesRead === 0) throw damaged(path, 'the file became shorter while it was read', filled);
      filled += bytesRead;
    }
    return bytes;
  } catch (error) {
    throw error instanceof ChipError ? error : unreadableFile(path, error);
  } finally {
    await handle?.close();
  }
}

/** Opens without waiting for a writer, so that a named pipe cannot block. */
async function openRegularFile(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const status = await handle.stat();
  if (status.isFile()) return handle;
  await handle.close();
  if (status.isDirectory()) throw unreadableFile(path, Object.assign(new Error('is a directory'), { code: 'EISDIR' }));
  throw notRegularFile(path);
}
