import { definePlugin, NetworkExecutor, type NamedArray } from '@autodnnchip/core';
import { executeNetwork } from './execute-network.js';
import { unsupportedOperators } from './unsupported.js';

/** The executor behind the core's `NetworkExecutor` interface. */
export function createReferenceExecutor(): NetworkExecutor {
  return {
    async run(network, inputs): Promise<readonly NamedArray[]> {
      const results = executeNetwork(network, new Map(inputs.map(array => [array.name, array])));
      return [...results].map(([name, array]) => ({ name, ...array }));
    },
    unsupported: unsupportedOperators,
  };
}

/** Provides the `NetworkExecutor` service. */
export const referenceExecutor = definePlugin(() => ({
  name: '@autodnnchip/plugin-executor-reference',
  apiVersion: 1,
  apply(chip) {
    chip.bind(NetworkExecutor, [], createReferenceExecutor);
  },
}));
