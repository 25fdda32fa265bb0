import type { Platform } from '../chip/index.js';
import { ChipError } from '../errors/index.js';
import type { EngineDefinition } from './engine-definition.js';

/** Whole numbers by the names of parameters. */
export type EngineValues = Readonly<Record<string, number>>;

/** What an engine's sizes may depend on. */
export interface SizeRequest {
  /** Values of the chassis: `channelBlock` (bytes and channels of a word), `busBytes`, ... */
  readonly chassis: EngineValues;
  readonly platform: Platform;
  /** Multipliers that the engine may use at most; Infinity where the platform does not count them. */
  readonly multipliers: number;
  /** Size of buffers: 1 is right for 16 x 16 multipliers on a small FPGA, 2 for twice the words. */
  readonly bufferScale: number;
  /** Whether the network has depthwise convolutions. */
  readonly depthwise: boolean;
}

const leastScaledDepth = 64;

/** Depth of a buffer that has `depth` words at a scale of 1: a power of two, at least 64. */
export function scaledDepth(depth: number, bufferScale: number): number {
  return Math.max(leastScaledDepth, 2 ** Math.round(Math.log2(depth * bufferScale)));
}

/**
 * The sizes that an engine proposes, checked: at least one, and in each a whole number within bounds for every
 * parameter and for nothing else. Throws ADC2011, naming engine and parameter.
 */
export function proposedSizes(engine: EngineDefinition, request: SizeRequest): readonly EngineValues[] {
  const sizes = engine.sizes(request);
  if (!Array.isArray(sizes) || sizes.length === 0) throw wrong(engine, 'proposes no size');
  for (const values of sizes as readonly EngineValues[]) {
    for (const { name, minimum, maximum } of engine.parameters) {
      const value = values[name];
      if (!Number.isInteger(value) || value < minimum || value > maximum)
        throw wrong(engine, `proposes ${name} = ${value}, which is no whole number from ${minimum} to ${maximum}`);
    }
    const stranger = Object.keys(values).find(name => engine.parameters.every(parameter => parameter.name !== name));
    if (stranger !== undefined) throw wrong(engine, `proposes a value for ${stranger}, which is no parameter of it`);
  }
  return sizes;
}

function wrong({ id }: EngineDefinition, what: string): ChipError {
  return new ChipError('ADC2011', `The engine ${id} ${what}`, { hint: 'docs/engines.md has the contract.' });
}
