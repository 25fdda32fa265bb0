import type { EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTreeDefinition } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineDefinition } from '@autodnnchip/ip-lane-engine';
import { chipEngines, type ChipOfTests } from '../../support/chip-engines.js';
import type { Draw } from '@autodnnchip/plugin-conformance';

/** Small chips with sizes that nothing divides: each has one of every extreme, and compiles in seconds. */
export const oddChips: Readonly<Record<string, ChipOfTests>> = {
  'words of 4, queues of one, one read at a time': {
    engines: chipEngines,
    channelBlock: 4,
    outputParallelism: 4,
    busBytes: 4,
    laneBlocks: 1,
    laneMultiply: 1,
    convRequantizeDivider: 1,
    laneRequantizeDivider: 1,
    activationDepth: 173,
    weightDepth: 67,
    convParameterDepth: 17,
    partialSumDepth: 5,
    convOutputDepth: 61,
    laneInputDepth: 97,
    laneWeightDepth: 29,
    laneParameterDepth: 19,
    laneOutputDepth: 53,
    burstBeats: 2,
    outstandingReads: 1,
    queueDepth: 1,
    programBlock: 4,
  },
  'words of 8, two at a time, queues of three': {
    engines: chipEngines,
    channelBlock: 8,
    outputParallelism: 16,
    busBytes: 8,
    laneBlocks: 2,
    laneMultiply: 1,
    convRequantizeDivider: 2,
    laneRequantizeDivider: 2,
    activationDepth: 333,
    weightDepth: 131,
    convParameterDepth: 41,
    partialSumDepth: 33,
    convOutputDepth: 201,
    laneInputDepth: 255,
    laneWeightDepth: 31,
    laneParameterDepth: 23,
    laneOutputDepth: 129,
    burstBeats: 16,
    outstandingReads: 2,
    queueDepth: 3,
    programBlock: 7,
  },
  'words of 12, no lane multipliers, queues of two': {
    engines: chipEngines,
    channelBlock: 12,
    outputParallelism: 12,
    busBytes: 4,
    laneBlocks: 1,
    laneMultiply: 0,
    convRequantizeDivider: 4,
    laneRequantizeDivider: 1,
    activationDepth: 301,
    weightDepth: 99,
    convParameterDepth: 37,
    partialSumDepth: 11,
    convOutputDepth: 97,
    laneInputDepth: 151,
    laneWeightDepth: 16,
    laneParameterDepth: 21,
    laneOutputDepth: 77,
    burstBeats: 64,
    outstandingReads: 5,
    queueDepth: 2,
    programBlock: 5,
  },
  'words of 8, four lane blocks, slow requantisers, queues of five': {
    engines: chipEngines,
    channelBlock: 8,
    outputParallelism: 8,
    busBytes: 4,
    laneBlocks: 4,
    laneMultiply: 1,
    convRequantizeDivider: 4,
    laneRequantizeDivider: 4,
    activationDepth: 219,
    weightDepth: 77,
    convParameterDepth: 29,
    partialSumDepth: 7,
    convOutputDepth: 89,
    laneInputDepth: 101,
    laneWeightDepth: 27,
    laneParameterDepth: 35,
    laneOutputDepth: 119,
    burstBeats: 4,
    outstandingReads: 3,
    queueDepth: 5,
    programBlock: 9,
  },
};

/** Any legal configuration of at most `multipliers`, both engines together. */
export function drawConfiguration(draw: Draw, multipliers: number): ChipOfTests {
  const channelBlock = draw.pick([4, 8, 12, 16, 20, 24, 28, 32].filter(size => 2 * size * size <= multipliers));
  const laneBlocks = draw.pick([1, 2, 4]);
  const factor = draw.integer(1, Math.max(1, Math.min(4, Math.floor(multipliers / channelBlock ** 2))));
  const convRequantizeDivider = draw.pick([1, 2, 4]);
  const laneRequantizeDivider = draw.pick([1, 2, 4]);
  const busBytes = draw.pick([4, 8, 16, 32].filter(bytes => channelBlock % bytes === 0));
  const depth = (low: number, high: number): number =>
    low + Math.floor((high - low) * (draw.integer(0, 1000) / 1000) ** 2);
  return {
    engines: chipEngines,
    channelBlock,
    outputParallelism: channelBlock * factor,
    busBytes,
    laneBlocks,
    laneMultiply: draw.integer(0, 3) === 0 ? 0 : 1,
    convRequantizeDivider,
    laneRequantizeDivider,
    activationDepth: depth(100, 3000),
    weightDepth: depth(60, 900),
    convParameterDepth: depth(16, 200),
    partialSumDepth: depth(2, 100),
    convOutputDepth: depth(48, 1500),
    laneInputDepth: depth(64, 1500),
    laneWeightDepth: depth(27, 200),
    laneParameterDepth: depth(16, 200),
    laneOutputDepth: depth(48, 1500),
    burstBeats: draw.pick([2, 8, 16, 32, 64, 128, 256].filter(beats => beats * busBytes <= 4096)),
    outstandingReads: draw.integer(1, 5),
    queueDepth: draw.integer(1, 5),
    programBlock: draw.integer(4, 40),
  };
}

const engineKinds = { conv: convAdderTreeDefinition, lane: laneEngineDefinition };

/** An engine of a kind with the first one's values and modules, as a unit of another name. */
function another(kind: keyof typeof engineKinds, number: number): EngineDefinition {
  const definition = engineKinds[kind];
  return {
    ...definition,
    id: `${definition.id}-${number}`,
    parameters: [],
    create: values => ({ ...definition.create(values), unit: `${kind}${number}` }),
  };
}

/** A chip with these engines in their order; units of a kind are numbered from the second on. */
export function withEngineList(configuration: ChipOfTests, kinds: readonly (keyof typeof engineKinds)[]): ChipOfTests {
  const engines = kinds.map((kind, index) => {
    const number = kinds.slice(0, index + 1).filter(other => other === kind).length;
    return number === 1 ? engineKinds[kind] : another(kind, number);
  });
  return { ...configuration, engines };
}
