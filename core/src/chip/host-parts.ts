import type { Network } from '../network/index.js';
import type { NotCosted } from '../prediction/index.js';

/**
 * What the host runs of a network whose middle is on the chip (`--host-fallback`), or hands on where nothing is
 * computed. Values go by tensor name: the leading part reads the network's inputs; the chip reads those and the leading
 * part's outputs; the trailing part reads all of them and the chip's outputs. Every output of the network is a tensor
 * of one of the three, or an input of the network.
 */
export interface HostParts {
  /** The whole network's inputs and outputs, in its order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Operators before the chip; absent when there are none. */
  readonly leading?: Network;
  /** Operators after the chip, and constants that are outputs of the network; absent when there are none of either. */
  readonly trailing?: Network;
  /** Every operator of both parts in execution order, and why it is there: what no figure of a prediction covers. */
  readonly operators: readonly NotCosted[];
}
