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
  /** Writes into a new folder beside `directory` and renames it at the end: a bundle is whole or not there. */
  write(request: WriteBundleRequest): Promise<Bundle>;
  read(directory: string): Promise<Bundle>;
  /** Whether the path is a folder with a bundle's manifest in it; never throws. */
  isBundle(path: string): Promise<boolean>;
}
export const BundleStore = serviceToken<BundleStore>('BundleStore');
