import { asicArea, mapMemory, type IpLookup, type Platform, type ResourceEstimate } from '@autodnnchip/core';

import type { AccelSharedConfiguration } from '../configuration.js';
import type { BlockResources, ChipResources } from '../prediction/fine-prediction.js';
import { chassisMemories, memoryBits } from './memories.js';

type FpgaFamily = 'xcup' | 'ecp5';

/**
 * Logic of the chassis: dispatcher, four queues, load and store unit, registers, recorder. What a synthesised chip with
 * words of 8 bytes has beyond its engines and memories (Yosys 0.23, one chip a family); what words add is counted from the RTL.
 */
const chassisLogic: Readonly<Record<FpgaFamily, { readonly lut: number; readonly lutPerWordBit: number; readonly ff: number; readonly ffPerWordBit: number }>> = {
  xcup: { lut: 2710, lutPerWordBit: 10, ff: 1166, ffPerWordBit: 12 },
  ecp5: { lut: 4842, lutPerWordBit: 14, ff: 1459, ffPerWordBit: 12 },
};

function add(left: ResourceEstimate, right: ResourceEstimate): ResourceEstimate {
  return {
    multipliers: left.multipliers + right.multipliers, lut: (left.lut ?? 0) + (right.lut ?? 0), ff: (left.ff ?? 0) + (right.ff ?? 0),
    dsp: (left.dsp ?? 0) + (right.dsp ?? 0), bram: (left.bram ?? 0) + (right.bram ?? 0),
  };
}

function chassis(configuration: AccelSharedConfiguration, family: FpgaFamily): ResourceEstimate {
  const { lut, lutPerWordBit, ff, ffPerWordBit } = chassisLogic[family];
  const wordBits = 8 * configuration.channelBlock;
  return { multipliers: 0, dsp: 0, bram: 0, lut: lut + lutPerWordBit * wordBits, ff: ff + ffPerWordBit * wordBits };
}

/** Memories as Yosys maps them: `sync_ram_1r1w` never reads a word while it is written and leaves the style to the tool. */
function buffers(configuration: AccelSharedConfiguration, family: FpgaFamily): ResourceEstimate {
  let total: ResourceEstimate = { multipliers: 0, dsp: 0, lut: 0, ff: 0, bram: 0 };
  for (const { widthBits, depth, count } of chassisMemories(configuration)) {
    const { lut, ff, bram } = mapMemory({ widthBits, depth, style: 'auto', readDuringWrite: false }, family);
    total = add(total, { multipliers: 0, lut: count * lut, ff: count * ff, bram: count * bram });
  }
  return total;
}

/** Block RAM of the partial-sum memory, whose other cells are counted with the convolution engine. */
function partialSumBram(configuration: AccelSharedConfiguration, family: FpgaFamily): number {
  return mapMemory({ widthBits: 32 * configuration.outputParallelism, depth: configuration.partialSumDepth, style: 'auto', readDuringWrite: false }, family).bram;
}

/** Flip-flops and logic of an ASIC, counted as UltraScale+ cells: the same RTL. */
function asicCells(parameters: Readonly<Record<string, number>>, ips: IpLookup, logic: ResourceEstimate, platform: Platform): { readonly lut: number; readonly ff: number } {
  const asFpga: Platform = { ...platform, kind: 'fpga', family: 'xcup' };
  const blocks = [logic, ips('conv-adder-tree').resources(parameters, asFpga), ips('lane-engine').resources(parameters, asFpga)];
  return { lut: blocks.reduce((sum, block) => sum + (block.lut ?? 0), 0), ff: blocks.reduce((sum, block) => sum + (block.ff ?? 0), 0) };
}

/** Resources of a chip and of its blocks, from closed forms of the configuration; microseconds a call. */
export function accelSharedResources(configuration: AccelSharedConfiguration, platform: Platform, ips: IpLookup): ChipResources {
  const parameters = { ...configuration };
  const conv = ips('conv-adder-tree').resources(parameters, platform);
  const lane = ips('lane-engine').resources(parameters, platform);
  const bits = memoryBits(configuration);
  const multipliers = conv.multipliers + lane.multipliers;
  if (platform.kind === 'asic') {
    const logic = chassis(configuration, 'xcup');
    const controlArea = asicArea({ multipliers8Bit: 0, lut: logic.lut ?? 0, ff: logic.ff ?? 0, sramBits: 0 }, platform.technology).total;
    const bufferArea = asicArea({ multipliers8Bit: 0, lut: 0, ff: 0, sramBits: bits }, platform.technology).total;
    const blocks: BlockResources[] = [
      { id: 'convEngine', resources: conv }, { id: 'laneEngine', resources: lane },
      { id: 'buffers', resources: { multipliers: 0, areaSquareMillimetres: bufferArea, sramBytes: bits / 8 } },
      { id: 'chassis', resources: { multipliers: 0, areaSquareMillimetres: controlArea } },
    ];
    const areaSquareMillimetres = blocks.reduce((sum, block) => sum + (block.resources.areaSquareMillimetres ?? 0), 0);
    const total = { multipliers, areaSquareMillimetres, sramBytes: bits / 8 };
    const cells = asicCells(parameters, ips, logic, platform);
    return { total, blocks, clocked: { ...total, ...cells } };
  }
  const family = platform.family === 'ecp5' ? 'ecp5' : 'xcup';
  const blocks: BlockResources[] = [
    { id: 'convEngine', resources: { ...conv, bram: partialSumBram(configuration, family) } },
    { id: 'laneEngine', resources: lane },
    { id: 'buffers', resources: { ...buffers(configuration, family), sramBytes: bits / 8 } },
    { id: 'chassis', resources: chassis(configuration, family) },
  ];
  const total = blocks.reduce<ResourceEstimate>((sum, block) => add(sum, block.resources), { multipliers: 0 });
  return { total: { ...total, sramBytes: bits / 8 }, blocks, clocked: total };
}
