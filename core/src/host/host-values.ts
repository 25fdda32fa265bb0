import type { HostParts } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import { isSameShape } from '../network/index.js';
import { arrayFor, type NamedArray } from '../services/named-array.js';
import type { NetworkExecutor } from '../services/network-executor.js';

/** The first name that is needed and that nothing before gives, as a sentence; undefined when all fit together. */
export function checkHostParts(
  host: HostParts,
  chip: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
): string | undefined {
  const known = new Set(host.inputs);
  const step = (what: string, inputs: readonly string[], outputs: readonly string[]): string | undefined => {
    const missing = inputs.find(name => !known.has(name));
    for (const name of outputs) known.add(name);
    return missing === undefined ? undefined : `${what} needs '${missing}', which nothing gives`;
  };
  return (
    step('the leading part', host.leading?.inputs ?? [], host.leading?.outputs ?? []) ??
    step('the chip', chip.inputs, chip.outputs) ??
    step('the trailing part', host.trailing?.inputs ?? [], host.trailing?.outputs ?? []) ??
    step('the network', host.outputs, [])
  );
}

/** The host's side of one run: hand `chipInputs` to the chip, and its outputs to `finish`. */
export interface HostRun {
  /** The network's inputs and what the leading part made of them. */
  readonly chipInputs: readonly NamedArray[];
  /** The network's outputs, in its order, from the chip's. */
  finish(chipOutputs: readonly NamedArray[]): Promise<readonly NamedArray[]>;
}

/**
 * Runs the leading part on the network's inputs. `inputs` may hold other arrays too; a lone array goes with a lone
 * input. Throws ADC1105 when an input is missing or does not fit.
 */
export async function startHostRun(
  host: HostParts,
  inputs: readonly NamedArray[],
  executor: NetworkExecutor,
): Promise<HostRun> {
  const values = new Map<string, NamedArray>(host.inputs.map(name => [name, inputNamed(host, inputs, name)]));
  const get = (name: string): NamedArray => {
    const array = values.get(name);
    if (array === undefined)
      throw new ChipError('ADC6005', `Nothing gives the tensor '${name}' that the host needs.`, {
        location: { node: name },
        hint: 'Build the chip again.',
      });
    return array;
  };
  const run = async (network: HostParts['leading']): Promise<void> => {
    if (network === undefined) return;
    for (const array of await executor.run(
      network,
      network.inputs.map(name => get(name)),
    ))
      values.set(array.name, array);
  };
  await run(host.leading);
  return {
    chipInputs: [...values.values()],
    async finish(chipOutputs) {
      for (const array of chipOutputs) values.set(array.name, array);
      await run(host.trailing);
      return host.outputs.map(name => get(name));
    },
  };
}

/** The array for an input of the network, in the shape that the host's operators want where they read it. */
function inputNamed(host: HostParts, inputs: readonly NamedArray[], name: string): NamedArray {
  const found = arrayFor(name, host.inputs, inputs);
  if (found === undefined) {
    throw new ChipError('ADC1105', `No array is given for the network's input ${name}.`, {
      location: { node: name },
      hint: `Inputs wanted: ${host.inputs.join(', ')}. Given: ${inputs.map(array => array.name).join(', ') || 'none'}.`,
    });
  }
  const shape = [host.leading, host.trailing].find(part => part?.inputs.includes(name))?.tensors.get(name)?.shape;
  return { ...found, name, ...(shape !== undefined && isSameShape(shape, found.shape) ? { shape } : {}) };
}
