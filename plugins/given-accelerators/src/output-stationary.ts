import { folds, isWeighted, type AcceleratorModel, type LayerCost } from './model.js';

/**
 * ShiDianNao: an output-stationary array; every element makes one output of a map and takes one weight per cycle that all
 * elements share. All weights and feature maps are on the chip: there is no external memory in the time.
 */
export const outputStationaryModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const elements = facts['arrayRows'] * facts['arrayColumns'];
  const hertz = facts['clockMegahertz'] * 1e6;
  const layers = work.layers.map((layer): LayerCost => {
    const tiles = folds(layer.outputRows, facts['arrayRows']) * folds(layer.outputColumns, facts['arrayColumns']);
    const taps = layer.kernelRows * layer.kernelColumns;
    const steps = layer.kind === 'fullyConnected' ? folds(layer.outputElements, elements) * layer.inputElements
      : isWeighted(layer) ? tiles * layer.outputChannels * taps * layer.inputChannels / layer.groups
      : tiles * layer.outputChannels * taps;
    const seconds = batch * (steps + parameters['layerStartCycles']) / hertz;
    const readBytes = 2 * (layer.weightElements + batch * layer.inputElements);
    return {
      layer, seconds, resources: { array: seconds }, limitedBy: 'compute', readBytes: 0, writtenBytes: 0,
      bufferBytes: readBytes + 2 * batch * layer.outputElements, energyJoules: 1e-3 * facts['powerMilliwatts'] * seconds,
    };
  });
  return { layers, startSeconds: 0 };
};
