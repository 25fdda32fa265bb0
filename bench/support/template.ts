import { createAutoDNNchip, type Network, type Platform, type Prediction } from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { accelShared, type AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';

const template = createAutoDNNchip({ plugins: [convAdderTree(), laneEngine(), accelShared()] }).definitions.templates.get('accel-shared');

/** The fine prediction as builder and command line get it: mapping, then timing, counters, energy and resources. */
export function predictFine(network: Network, configuration: AccelSharedConfiguration, platform: Platform): Prediction {
  return template.predictFine(template.map(network, { ...configuration }, platform));
}
