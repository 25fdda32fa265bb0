import { noActivity, type EngineActivity, type MemoryBox, type MemoryTraffic } from '@autodnnchip/core/engine';

import { chipOf, type Chip } from '../chip/chip.js';
import type { AccelSharedConfiguration } from '../configuration.js';
import type { Instruction } from '../program/instruction.js';

/** What the chip does for one layer, counted from its instructions. */
export interface LayerActivity {
  /** By engine; bytes that loads write and stores read are in it. */
  readonly engines: readonly EngineActivity[];
  /** The instruction buffer. */
  readonly program: MemoryTraffic;
  externalReadBytes: number;
  externalWrittenBytes: number;
}

export function emptyActivity({ engineBuffers, engineMemories }: Chip): LayerActivity {
  return {
    engines: engineBuffers.map((buffers, engine) => noActivity([...buffers, ...engineMemories[engine]])),
    program: { readBytes: 0, writtenBytes: 0 },
    externalReadBytes: 0,
    externalWrittenBytes: 0,
  };
}

/** Words of a box. */
function boxWords(box: MemoryBox): number {
  return box.rowWords * box.rowCount * box.planeCount;
}

/** Counts what every layer makes the chip do. Program loads count to the layer of the instruction that they are. */
export function layerActivities(
  instructions: readonly Instruction[],
  layerCount: number,
  configuration: AccelSharedConfiguration,
): LayerActivity[] {
  const chip = chipOf(configuration);
  const activities = Array.from({ length: layerCount }, () => emptyActivity(chip));
  for (const instruction of instructions) {
    const activity = activities[instruction.layer];
    if (activity === undefined) continue;
    switch (instruction.kind) {
      case 'load': {
        const bytes = boxWords(instruction) * configuration.channelBlock;
        activity.externalReadBytes += bytes;
        trafficOf(activity, chip, instruction.target).writtenBytes += bytes;
        break;
      }
      case 'store': {
        const bytes = boxWords(instruction) * configuration.channelBlock;
        const { unit, id } = chip.storeBuffers[instruction.source];
        activity.externalWrittenBytes += bytes;
        activity.engines[unit - 1].memories[id].readBytes += bytes;
        break;
      }
      case 'task':
        chip.engines[instruction.unit - 1].addActivity(activity.engines[instruction.unit - 1], instruction.task);
        break;
      case 'halt':
        break;
    }
  }
  return activities;
}

function trafficOf(activity: LayerActivity, { loadBuffers, programTarget }: Chip, target: number): MemoryTraffic {
  if (target === programTarget) return activity.program;
  const { unit, id } = loadBuffers[target];
  return activity.engines[unit - 1].memories[id];
}
