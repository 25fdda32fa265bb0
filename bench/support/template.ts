import { createAutoDNNchip, type Design, type Network, type Platform, type Prediction } from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { accelShared, numbersOf, type AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';

const template = createAutoDNNchip({
  plugins: [convAdderTree(), laneEngine(), accelShared()],
}).definitions.templates.get('accel-shared');

/** A network mapped as builder and command line map it. */
export function mapDesign(network: Network, configuration: AccelSharedConfiguration, platform: Platform): Design {
  return template.map(network, numbersOf(configuration), platform);
}

/** Timing, counters, energy and resources of a mapped design. */
export function predictDesign(design: Design): Prediction {
  return template.predictFine(design);
}

/** The fine prediction as builder and command line get it: mapping, then timing, counters, energy and resources. */
export function predictFine(network: Network, configuration: AccelSharedConfiguration, platform: Platform): Prediction {
  return predictDesign(mapDesign(network, configuration, platform));
}
