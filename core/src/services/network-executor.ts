import type { UnsupportedOperator } from '../chip/index.js';
import type { Network } from '../network/index.js';
import type { NamedArray } from './named-array.js';
import { serviceToken } from './service-token.js';

/** Runs a whole network on this computer: the reference that chips are held against. */
export interface NetworkExecutor {
  /** `inputs` has one array per network input, by name. Returns the network's outputs, in the network's order. */
  run(network: Network, inputs: readonly NamedArray[]): Promise<readonly NamedArray[]>;
  /** Operators that `run` would refuse, and why. Empty: the network can be run. */
  unsupported(network: Network): readonly UnsupportedOperator[];
}
export const NetworkExecutor = serviceToken<NetworkExecutor>('NetworkExecutor');
