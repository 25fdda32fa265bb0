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
  /** Gets what was decided beyond what the model file says, a sentence at a time. */
  readonly onNote?: (note: string) => void;
}

/** The passes as taps on `transformNetwork`, one per stage, so that others can come between them. */
export const networkPasses = definePlugin((options: NetworkPassesOptions = {}) => ({
  name: '@autodnnchip/plugin-network-passes',
  apiVersion: 1,
  apply({ hooks }) {
    hooks.transformNetwork.tapPromise({ name: 'normalize', stage: transformStages.normalise }, async (payload) => (
      { ...payload, network: normalizeNetwork(payload.network) }));
    hooks.transformNetwork.tapPromise({ name: 'fold', stage: transformStages.fold }, async (payload) => (
      { ...payload, network: foldNetwork(payload.network) }));
    hooks.transformNetwork.tapPromise({ name: 'quantize', stage: transformStages.quantise }, async (payload) => (
      { ...payload, network: await quantizeNetwork(payload.network, { ...options, calibration: payload.calibration, hostFallback: payload.hostFallback }) }));
    hooks.transformNetwork.tapPromise({ name: 'fuse', stage: transformStages.fuse }, async (payload) => (
      { ...payload, network: fuseQuantizedNetwork(payload.network) }));
  },
}));
