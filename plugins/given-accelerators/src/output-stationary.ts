import { quantity, type NotCosted } from '@autodnnchip/core';
import type { LayerWork } from './layer-work.js';
import { folds, isWeighted, type AcceleratorModel, type Facts } from './model.js';
import { buildPlan } from './plan-builder.js';

/**
 * ShiDianNao: an output-stationary array. Every element makes one output of a map and takes one weight per cycle that
 * all elements share; inputs pass from element to element through queues, so that the array never waits for them.
 * Weights and feature maps are on the chip: there is no external memory in the time. What does not fit is listed as not
 * costed.
 */
export const outputStationaryModel: AcceleratorModel = ({ work, facts, parameters, batch }) => {
  const builder = buildPlan({
    name: 'ShiDianNao',
    clockMegahertz: facts['clockMegahertz'],
    resources: [
      {
        id: 'array',
        class: 'compute',
        power: quantity(
          powerParts.reduce((sum, part) => sum + facts[part], 0),
          'mW',
        ),
      },
    ],
  });
  for (const layer of work.layers) {
    if (layer.kind === 'concat') builder.free(layer);
    else {
      const { cycles, tiles, bufferWords } = arrayWork(layer, facts);
      builder.layer(
        layer,
        [
          {
            id: 'compute',
            resource: 'array',
            class: 'compute',
            tiles: 1,
            cycles: batch * (cycles + parameters['layerStartCycles']),
            limit: 'compute',
          },
        ],
        {
          readBytes: 0,
          writtenBytes: 0,
          bufferBytes: 2 * batch * bufferWords,
          activeElements: layer.outputElements / tiles,
        },
      );
    }
  }
  return { ...builder.plan({ energyKnown: true }), notCosted: beyondBuffers(work.layers, facts) };
};

/** Parts of the chip's power, which are all on while the array is. */
const powerParts = [
  'arrayMilliwatts',
  'inputBufferMilliwatts',
  'outputBufferMilliwatts',
  'weightBufferMilliwatts',
  'instructionBufferMilliwatts',
] as const;

/** What a layer takes of the array and the buffers. */
export interface ArrayWork {
  readonly cycles: number;
  /** Sets of outputs that are in the array together. */
  readonly tiles: number;
  /** 16-bit words from and to the buffers. */
  readonly bufferWords: number;
}

/**
 * Work of one input. A layer with one output per map is computed as a classifier: an output per element, the input
 * broadcast.
 */
export function arrayWork(layer: LayerWork, facts: Facts): ArrayWork {
  const [rows, columns] = [facts['arrayRows'], facts['arrayColumns']];
  const mapInputs = isWeighted(layer) ? layer.inputChannels / layer.groups : 1;
  if (
    layer.kind === 'fullyConnected' ||
    (layer.kind === 'convolution' && layer.groups === 1 && layer.outputRows * layer.outputColumns === 1)
  ) {
    const inputs =
      layer.kind === 'fullyConnected' ? layer.inputElements : mapInputs * layer.kernelRows * layer.kernelColumns;
    const tiles = folds(layer.outputElements, rows * columns);
    return {
      cycles: tiles * inputs,
      tiles,
      bufferWords: tiles * inputs + inputs * layer.outputElements + layer.outputElements,
    };
  }
  const taps = layer.kernelRows * layer.kernelColumns;
  const tilesOfMap = folds(layer.outputRows, rows) * folds(layer.outputColumns, columns);
  const tiles = tilesOfMap * layer.outputChannels;
  const cycles = tiles * taps * mapInputs;
  // A tile reads each input under its windows once: the queues between the elements serve all other uses.
  const read =
    tileInputs(layer.outputRows, rows, layer.strideRows, layer.kernelRows, layer.dilationRows) *
    tileInputs(layer.outputColumns, columns, layer.strideColumns, layer.kernelColumns, layer.dilationColumns);
  return {
    cycles,
    tiles,
    bufferWords: layer.outputChannels * mapInputs * read + (isWeighted(layer) ? cycles : 0) + layer.outputElements,
  };
}

/**
 * Input positions along one axis that tiles read, all tiles together; where the stride leaves gaps between windows, or
 * dilation within them, only what is under taps.
 */
function tileInputs(outputs: number, tile: number, stride: number, kernel: number, dilation: number): number {
  if (dilation > 1)
    return (
      Math.floor(outputs / tile) * positionsUnderTaps(tile, stride, kernel, dilation) +
      positionsUnderTaps(outputs % tile, stride, kernel, dilation)
    );
  const step = Math.min(stride, kernel);
  return outputs * step + folds(outputs, tile) * (kernel - step);
}

/** Positions that the windows of outputs side by side have taps on. */
function positionsUnderTaps(outputs: number, stride: number, kernel: number, dilation: number): number {
  const positions = new Set<number>();
  for (let output = 0; output < outputs; output += 1)
    for (let tap = 0; tap < kernel; tap += 1) positions.add(output * stride + tap * dilation);
  return positions.size;
}

/** Layers whose maps, and weights that in all, do not fit the buffers: the time to move them is not known. */
function beyondBuffers(all: readonly LayerWork[], facts: Facts): readonly NotCosted[] {
  const layers = all.filter(({ elsewhere }) => elsewhere === undefined);
  const weightBytes = 2 * layers.reduce((sum, { weightElements }) => sum + weightElements, 0);
  const kibibytes = (bytes: number): string => `${Math.ceil(bytes / 1024)} KiB`;
  const room = (name: string): number => facts[name] * 1024;
  const weights =
    weightBytes > room('weightBufferKibibytes')
      ? [
          {
            name: 'weights',
            operator: 'buffer',
            reason: `${kibibytes(weightBytes)} of weights do not fit the buffer of ${facts['weightBufferKibibytes']} KiB: moving them in takes time and energy that nothing is published about`,
          },
        ]
      : [];
  const large = layers.filter(
    ({ inputMapElements, outputElements }) =>
      2 * Math.max(0, ...inputMapElements) > room('inputBufferKibibytes') ||
      2 * outputElements > room('outputBufferKibibytes'),
  );
  const maps =
    large.length > 0
      ? [
          {
            name: 'feature maps',
            operator: 'buffer',
            reason: `the maps of ${large.length} layers, the first of them ${large[0].name}, do not fit the buffers of ${facts['inputBufferKibibytes']} and ${facts['outputBufferKibibytes']} KiB: moving them is not in these figures`,
          },
        ]
      : [];
  return [...weights, ...maps];
}
