import { quantity } from '@autodnnchip/core';
import { folds, isWeighted, type AcceleratorModel } from './model.js';
import { buildPlan } from './plan-builder.js';

/**
 * ShiDianNao: an output-stationary array; every element makes one output of a map and takes one weight per cycle that all
 * elements share. All weights and feature maps are on the chip: there is no external memory in the time.
 */
export const outputStationaryModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const elements = facts['arrayRows'] * facts['arrayColumns'];
  const builder = buildPlan({
    name: 'ShiDianNao', clockMegahertz: facts['clockMegahertz'],
    resources: [{ id: 'array', class: 'compute', staticPower: quantity(facts['powerMilliwatts'], 'mW') }],
  });
  for (const layer of work.layers) {
    const tiles = folds(layer.outputRows, facts['arrayRows']) * folds(layer.outputColumns, facts['arrayColumns']);
    const taps = layer.kernelRows * layer.kernelColumns;
    const steps = layer.kind === 'fullyConnected' ? folds(layer.outputElements, elements) * layer.inputElements
      : isWeighted(layer) ? tiles * layer.outputChannels * taps * layer.inputChannels / layer.groups
      : tiles * layer.outputChannels * taps;
    builder.layer(layer, [
      { id: 'compute', resource: 'array', class: 'compute', tiles: 1, cycles: batch * (steps + parameters['layerStartCycles']), limit: 'compute' },
    ], { readBytes: 0, writtenBytes: 0, bufferBytes: 2 * (layer.weightElements + batch * (layer.inputElements + layer.outputElements)) });
  }
  return builder.plan({ energyKnown: true });
};
