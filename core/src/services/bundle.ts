import type { BundleFile } from '../chip/index.js';
import { serviceToken } from './service-token.js';

/**
 * What every bundle's `manifest.json` holds whatever its template is. Templates add fields of their own beside these.
 */
export interface BundleManifest {
  readonly schemaVersion: number;
  readonly kind: 'autodnnchip-bundle';
  /** Identifier of the template that emitted it. */
  readonly template: string;
  readonly platform: string;
  readonly configuration: Readonly<Record<string, number>>;
  readonly network: { readonly name: string; readonly source: string };
  readonly [field: string]: unknown;
}

/** A bundle's folder, with its manifest read and checked. */
export interface Bundle {
  /** Absolute path. */
  readonly directory: string;
  readonly manifest: BundleManifest;
  /** SHA-256 of every file of the bundle by path, the manifest among them: nothing else in the folder is read. */
  readonly checksums: ReadonlyMap<string, string>;
}

export interface WriteBundleRequest {
  readonly directory: string;
  /** Among them `manifest.json`. */
  readonly files: readonly BundleFile[];
  /** Replaces a folder that is not a bundle. A previous bundle is replaced without it. */
  readonly force: boolean;
}

/** Writes and reads the folders that `build` leaves. */
export interface BundleStore {
  /**
   * Throws now, before hours of search, if `write` would refuse this folder: it is a file, it is in use by something
   * else, or it cannot be written.
   */
  check(directory: string, force: boolean): Promise<void>;
  /**
   * Writes into a new folder beside `directory`, to the disk, and exchanges the two at the end: a bundle is whole or
   * not there, and the next `check`, `write` or `read` brings the previous one back after a run that was killed in
   * between.
   */
  write(request: WriteBundleRequest): Promise<Bundle>;
  /** Throws ADC6005 where there is no bundle, ADC6006 where a file of it is not as it was built. */
  read(directory: string): Promise<Bundle>;
  /** Whether the path is a folder with a bundle's manifest in it; never throws. */
  isBundle(path: string): Promise<boolean>;
}
export const BundleStore = serviceToken<BundleStore>('BundleStore');
