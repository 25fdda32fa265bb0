import { definePlugin, transformStages, type NetworkExecutor } from '@autodnnchip/core';
import { foldNetwork } from './fold/fold-network.js';
import { fuseQuantizedNetwork } from './fuse/fuse-quantized.js';
import { normalizeNetwork } from './normalize/normalize-network.js';
import { quantizeNetwork } from './prepare-network.js';

export interface NetworkPassesOptions {
  /** Runs float networks on calibration inputs; without it float networks are refused. */
  readonly executor?: NetworkExecutor;
  /** Share of values, in percent, that calibrated ranges cover. */
  readonly percentile?: number;
  /** Gets what was decided beyond what the model file says, a sentence at a time; the network's `notes` keep it. */
  readonly onNote?: (note: string) => void;
}

/** The passes as taps on `transformNetwork`, one per stage, so that others can come between them. */
export const networkPasses = definePlugin((options: NetworkPassesOptions = {}) => ({
  name: '@autodnnchip/plugin-network-passes',
  apiVersion: 1,
  apply({ hooks }) {
    hooks.transformNetwork.tapPromise({ name: 'normalize', stage: transformStages.normalise }, async payload => ({
      ...payload,
      network: normalizeNetwork(payload.network),
    }));
    hooks.transformNetwork.tapPromise({ name: 'fold', stage: transformStages.fold }, async payload => ({
      ...payload,
      network: foldNetwork(payload.network),
    }));
    hooks.transformNetwork.tapPromise({ name: 'quantize', stage: transformStages.quantise }, async payload => {
      const { calibration, hostFallback } = payload;
      const network = await quantizeNetwork(payload.network, {
        executor: options.executor,
        percentile: options.percentile,
        calibration,
        hostFallback,
      });
      const known = payload.network.notes?.length ?? 0;
      for (const note of network.notes?.slice(known) ?? []) options.onNote?.(note);
      return { ...payload, network };
    });
    hooks.transformNetwork.tapPromise({ name: 'fuse', stage: transformStages.fuse }, async payload => ({
      ...payload,
      network: fuseQuantizedNetwork(payload.network),
    }));
  },
}));
