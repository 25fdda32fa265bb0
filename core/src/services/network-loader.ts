import type { Network } from '../network/index.js';
import type { NamedArray } from './named-array.js';
import { serviceToken } from './service-token.js';

/** What the network is loaded for: `predict` takes networks without weights, `build` does not. */
export type NetworkPurpose = 'predict' | 'build';

export interface LoadNetworkRequest {
  readonly path: string;
  readonly purpose: NetworkPurpose;
  /**
   * Inputs from which a float network is quantised, by input name, samples along the first dimension. A lone array goes
   * with a lone input.
   */
  readonly calibration?: readonly NamedArray[];
  /** The host may take over what the chip cannot run: passes may leave results real. */
  readonly hostFallback?: boolean;
}

/** Reads a model file through `loadNetwork` and makes it ready for hardware through `transformNetwork`. */
export interface NetworkLoader {
  load(request: LoadNetworkRequest): Promise<Network>;
  /** The network as the front end read it, before any pass. */
  read(path: string, purpose: NetworkPurpose): Promise<Network>;
}
export const NetworkLoader = serviceToken<NetworkLoader>('NetworkLoader');
