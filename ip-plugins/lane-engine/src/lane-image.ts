import { WeightReader, writeBiasesAndScales, type DepthwiseWork } from '@autodnnchip/core/engine';

import type { LaneEngineValues } from './lane-values.js';
import type { LaneWork } from './lane-work.js';

/** Weights, biases and scales of each sweep, and the table. */
export function writeLaneConstants(
  work: LaneWork,
  image: Uint8Array,
  [weightOffset, parameterOffset, tableOffset]: readonly number[],
  configuration: LaneEngineValues,
): void {
  const { channelBlock } = configuration;
  const channels = work.inputs[0].blocks * channelBlock;
  const reader = work.form === 'depthwise' ? new WeightReader(work.weights) : undefined;
  for (const [sweep, { outputBlock }] of work.sweeps.entries()) {
    const first = outputBlock * channelBlock;
    if (work.form === 'depthwise' && reader !== undefined) {
      writeLaneWeights(
        image,
        weightOffset + sweep * channels * reader.taps,
        configuration,
        work,
        reader,
        first,
        channels,
      );
    }
    if (work.form === 'depthwise' || work.form === 'sum') {
      writeBiasesAndScales(
        image,
        parameterOffset + sweep * channels * 8,
        work.output.channelMap,
        first,
        channels,
        reader,
        work.requantization,
      );
    }
  }
  if (work.form === 'table') {
    const view = new DataView(image.buffer);
    for (let entry = 0; entry < 256; entry++)
      view.setInt32(tableOffset + entry * channelBlock, work.table.entries[entry], true);
  }
}

/** [block][tap][lane] of the physical output channels [first, first + channels). */
function writeLaneWeights(
  image: Uint8Array,
  start: number,
  { channelBlock }: LaneEngineValues,
  work: DepthwiseWork,
  reader: WeightReader,
  first: number,
  channels: number,
): void {
  const { taps } = reader;
  for (let physical = 0; physical < channels; physical++) {
    const outputChannel = work.output.channelMap[first + physical];
    if (outputChannel < 0) continue;
    const target = start + Math.floor(physical / channelBlock) * taps * channelBlock + (physical % channelBlock);
    for (let tap = 0; tap < taps; tap++) image[target + tap * channelBlock] = reader.at(outputChannel, tap);
  }
}
