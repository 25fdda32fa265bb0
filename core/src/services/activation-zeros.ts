import type { Platform } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import type { Network } from '../network/index.js';
import type { AcceleratorConditions } from './accelerator-predictor.js';

/**
 * Fact of an accelerator whose hardware does not multiply where an activation is zero: the share that is assumed where
 * nobody states one.
 */
const gatingFact = 'assumedInputZeroShare';

/** Throws ADC6001 where the hardware multiplies zeros like all other values: there a share of zeros changes nothing. */
export function requireZeroGating({ id, accelerator }: Platform): void {
  if (accelerator !== undefined && gatingFact in accelerator.facts) return;
  throw new ChipError('ADC6001', `--activation-zeros: the hardware of ${id} multiplies zeros like all other values`, {
    hint: 'Leave the option out; it is for accelerators that gate zeros, such as eyeriss.',
  });
}

/**
 * Conditions under which this share (0 to 1) of all activations is zero but those of the network's inputs. Throws
 * ADC6001 as `requireZeroGating` does.
 */
export function activationZeros(
  network: Network,
  platform: Platform,
  share: number,
): Pick<AcceleratorConditions, 'inputZeroShare'> {
  requireZeroGating(platform);
  const inputs = new Set(network.inputs);
  const inner = network.operators.filter(operator => !operator.inputs.some(name => inputs.has(name)));
  return { inputZeroShare: Object.fromEntries(inner.map(({ name }) => [name, share])) };
}
