import {
  asicArea,
  ChipError,
  type FpgaFamily,
  type Platform,
  type ResourceEstimate,
  type Technology,
} from '@autodnnchip/core';
import type { EngineDefinition } from '@autodnnchip/core/engine';

import { chipOf, engineValues } from '../chip/chip.js';
import { recordLayersFor, type AccelSharedConfiguration } from '../configuration.js';
import type { BlockResources, ChipResources } from '../prediction/fine-prediction.js';
import { engineBlock } from '../prediction/layer-energy.js';
import { asicBuffers, chipBuffers } from './buffers.js';
import { chassisLogic } from './chassis-logic.js';
import { chipMemories, memoryBits } from './memories.js';
import { queueBits, queueCells } from './queues.js';

/** Where the network is not known; its counters take the same block RAM from 17 to 128 layers. */
const usualLayerCount = 64;

function add(left: ResourceEstimate, right: ResourceEstimate): ResourceEstimate {
  return {
    multipliers: left.multipliers + right.multipliers,
    lut: (left.lut ?? 0) + (right.lut ?? 0),
    ff: (left.ff ?? 0) + (right.ff ?? 0),
    dsp: (left.dsp ?? 0) + (right.dsp ?? 0),
    bram: (left.bram ?? 0) + (right.bram ?? 0),
  };
}

function fpgaResources(
  configuration: AccelSharedConfiguration,
  recordLayers: number,
  family: FpgaFamily,
  engines: readonly BlockResources[],
): ChipResources {
  const logic = chassisLogic(configuration, family);
  const queues = queueCells(configuration, family);
  const { fromEngines, ...buffers } = chipBuffers(configuration, recordLayers, family);
  const blocks: BlockResources[] = [
    ...engines.map(({ id, resources }, engine) => ({
      id,
      resources: { ...resources, ff: (resources.ff ?? 0) - fromEngines[engine] },
    })),
    {
      id: 'buffers',
      resources: { multipliers: 0, dsp: 0, ...buffers, sramBytes: memoryBits(configuration, recordLayers) / 8 },
    },
    {
      id: 'chassis',
      resources: {
        multipliers: 0,
        dsp: 0,
        bram: 0,
        lut: Math.round(logic.lut) + queues.lut,
        ff: Math.round(logic.ff) + queues.ff,
      },
    },
  ];
  const total = blocks.reduce<ResourceEstimate>((sum, block) => add(sum, block.resources), { multipliers: 0 });
  return {
    total: { ...total, sramBytes: memoryBits(configuration, recordLayers) / 8 },
    blocks,
    clocked: total,
    memories: chipMemories(configuration, recordLayers),
  };
}

/** LUTs as on UltraScale+: the same RTL. Flip-flops as on ECP5, which has no shift registers either. */
function asicResources(
  configuration: AccelSharedConfiguration,
  recordLayers: number,
  technology: Technology,
  engines: readonly BlockResources[],
): ChipResources {
  const queues = queueBits(configuration);
  const buffers = { lut: 0, ...asicBuffers(configuration, recordLayers) };
  // One LUT chooses between four bits.
  const chassis = {
    lut: Math.round(chassisLogic(configuration, 'xcup').lut + queues.flipFlops / 4),
    ff: Math.round(chassisLogic(configuration, 'ecp5').ff + queues.flipFlops),
    sramBits: queues.sram,
  };
  const block = (id: string, content: typeof chassis): BlockResources => ({
    id,
    resources: {
      multipliers: 0,
      lut: content.lut,
      ff: content.ff,
      sramBytes: content.sramBits / 8,
      areaSquareMillimetres: asicArea({ multipliers8Bit: 0, ...content }, technology).total,
    },
  });
  const blocks = [...engines, block('buffers', buffers), block('chassis', chassis)];
  const sum = (value: (resources: ResourceEstimate) => number | undefined): number =>
    blocks.reduce((total, { resources }) => total + (value(resources) ?? 0), 0);
  const total = {
    multipliers: sum(({ multipliers }) => multipliers),
    areaSquareMillimetres: sum(({ areaSquareMillimetres }) => areaSquareMillimetres),
    sramBytes: sum(({ sramBytes }) => sramBytes),
  };
  // Cells are no resource of the platform: blocks have area instead.
  const sized = blocks.map(({ id, resources: { lut: _, ff: __, ...resources } }) => ({ id, resources }));
  return {
    total,
    blocks: sized,
    clocked: { ...total, lut: sum(({ lut }) => lut), ff: sum(({ ff }) => ff) },
    memories: chipMemories(configuration, recordLayers),
  };
}

/** What an engine says that it takes, if that can be. Throws ADC2011 naming the engine and the figure. */
function resourcesOf(
  definition: EngineDefinition,
  configuration: AccelSharedConfiguration,
  platform: Platform,
): ResourceEstimate {
  const resources = definition.resources(engineValues(configuration, definition), platform);
  for (const [figure, value] of Object.entries(resources)) {
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    throw new ChipError('ADC2011', `The engine ${definition.id} says that it takes ${figure} = ${value}.`, {
      location: { node: definition.id },
      hint: 'Resources are finite and not below 0: docs/engines.md has the contract.',
    });
  }
  return resources;
}

/**
 * Resources of a chip and of its blocks, from closed forms of the configuration; microseconds a call. `layerCount` is
 * that of the network, whose counters the chip records.
 */
export function accelSharedResources(
  configuration: AccelSharedConfiguration,
  platform: Platform,
  layerCount = usualLayerCount,
): ChipResources {
  const recordLayers = recordLayersFor(layerCount);
  const { engines: instances } = chipOf(configuration);
  const engines = configuration.engines.map((definition, index): BlockResources => ({
    id: engineBlock(instances[index].unit),
    resources: resourcesOf(definition, configuration, platform),
  }));
  return platform.family === 'asic'
    ? asicResources(configuration, recordLayers, platform.technology, engines)
    : fpgaResources(configuration, recordLayers, platform.family, engines);
}
