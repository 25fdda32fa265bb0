import fc from 'fast-check';
import type { Draw } from '@autodnnchip/plugin-conformance';
import { chipEngines, type ChipOfTests } from '../support/chip-engines.js';

/** Draws from a fast-check generator, so that failing cases shrink. */
export function drawFrom(gen: fc.GeneratorValue): Draw {
  const integer = (low: number, high: number): number => gen(fc.integer, { min: low, max: high });
  return { integer, pick: values => values[integer(0, values.length - 1)] };
}

/** Any legal configuration, small buffers more often than large ones. */
export function randomConfiguration(draw: Draw): ChipOfTests {
  const channelBlock = draw.pick([4, 8, 12, 16, 20, 24, 32]);
  const depth = (low: number, high: number): number =>
    low + Math.floor((high - low) * (draw.integer(0, 100) / 100) ** 2);
  const factor = draw.integer(1, 4);
  const convRequantizeDivider = draw.pick([1, 2, 4]);
  const laneBlocks = draw.pick([1, 2, 4]);
  const laneRequantizeDivider = draw.pick([1, 2, 4]);
  return {
    engines: chipEngines,
    channelBlock,
    outputParallelism: channelBlock * factor,
    busBytes: draw.pick([4, 8, 16, 32].filter(bytes => channelBlock % bytes === 0)),
    laneBlocks,
    laneMultiply: draw.integer(0, 1),
    convRequantizeDivider,
    laneRequantizeDivider,
    activationDepth: depth(16, 1200),
    weightDepth: depth(16, 300),
    convParameterDepth: depth(factor * convRequantizeDivider, 64),
    partialSumDepth: depth(2, 70),
    convOutputDepth: depth(16, 400),
    laneInputDepth: depth(32, 400),
    laneWeightDepth: depth(16, 80),
    laneParameterDepth: depth(laneBlocks * laneRequantizeDivider, 64),
    laneOutputDepth: depth(16, 400),
    burstBeats: draw.pick([2, 16, 64]),
    outstandingReads: draw.integer(1, 8),
    queueDepth: draw.integer(1, 6),
    programBlock: draw.integer(4, 40),
  };
}
