import { closeSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { ChipError, openInputFile, readAt, systemErrorCode, type OpenInputFile } from '@autodnnchip/core';
import { externalDataMissing, externalDataRefused } from '../errors.js';
import type { OnnxTensor } from '../protobuf/model.js';

/**
 * The data files beside a model. Ranges are read when they are asked for and checked against the file first.
 * Locations outside the model's folder are refused, also by way of symbolic links.
 */
export class ExternalData {
  private readonly files = new Map<string, OpenInputFile | undefined>();

  /**
   * With `required`, values are needed: a file that does not exist is an error; otherwise its tensors have no values.
   */
  constructor(
    private readonly modelFile: string,
    readonly required: boolean,
  ) {}

  /** The values of an external tensor as bytes, or undefined when they are not there and not required. */
  read(tensor: OnnxTensor, byteLength: number): Uint8Array | undefined {
    const external = tensor.external;
    if (external === undefined) return undefined;
    const { location, offset } = external;
    if (external.length !== undefined && external.length !== byteLength) {
      throw externalDataMissing(
        this.modelFile,
        tensor.name,
        `the model gives it ${external.length} bytes in '${location}', but its shape needs ${byteLength}`,
      );
    }
    if (!this.files.has(location)) this.files.set(location, this.open(tensor.name, location));
    const file = this.files.get(location);
    if (file === undefined) return undefined;
    if (offset + byteLength > file.size) {
      throw externalDataMissing(
        this.modelFile,
        tensor.name,
        `it needs bytes ${offset} to ${offset + byteLength} of '${location}', which has ${file.size}`,
      );
    }
    const bytes = new Uint8Array(byteLength);
    if (readAt(file, bytes, offset) < byteLength)
      throw externalDataMissing(this.modelFile, tensor.name, `'${location}' became shorter while it was read`);
    return bytes;
  }

  /** Refuses a location outside the model's folder, whether or not the file is there. */
  check(tensor: OnnxTensor): void {
    if (tensor.external !== undefined) this.pathOf(tensor.name, tensor.external.location);
  }

  close(): void {
    for (const file of this.files.values()) {
      if (file !== undefined) closeSync(file.descriptor);
    }
    this.files.clear();
  }

  private pathOf(tensor: string, location: string): string {
    const folder = resolve(dirname(this.modelFile));
    const path = resolve(folder, location);
    const foreign = isAbsolute(location) || /^[a-z]:|^\\\\/i.test(location) || location.includes('\0');
    if (foreign || !path.startsWith(folder === sep ? sep : folder + sep))
      throw externalDataRefused(this.modelFile, tensor, location);
    return path;
  }

  private open(tensor: string, location: string): OpenInputFile | undefined {
    const path = this.pathOf(tensor, location);
    try {
      this.refuseEscapingLinks(tensor, location, path);
      // Any size: what is read of it is bounded by the tensors' shapes, and those by the file.
      return openInputFile(path, 'model', Infinity);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ADC1014') throw error;
      if (error instanceof ChipError)
        throw externalDataMissing(this.modelFile, tensor, `'${location}' is not a regular file`, error);
      if (code === 'ENOENT' && !this.required) return undefined;
      const reasons: Readonly<Record<string, string>> = {
        ENOENT: 'does not exist',
        EACCES: 'may not be read: permission denied',
      };
      throw externalDataMissing(
        this.modelFile,
        tensor,
        `the data file '${location}' ${reasons[code] ?? `cannot be read (${code})`}`,
        error,
      );
    }
  }

  /** A model that is itself a link (as in download caches) may have its data beside the link or beside the target. */
  private refuseEscapingLinks(tensor: string, location: string, path: string): void {
    const real = realpathSync(path);
    const folders = [realpathSync(dirname(resolve(this.modelFile))), dirname(realpathSync(this.modelFile))];
    if (!folders.some(folder => real.startsWith(join(folder, sep))))
      throw externalDataRefused(this.modelFile, tensor, location);
  }
}
