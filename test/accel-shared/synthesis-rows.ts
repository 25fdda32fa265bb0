import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { ChipNumbers } from '../support/chip-engines.js';

export type FittedFamily = 'xcup' | 'ecp5';

/** What Yosys counted. */
export interface SynthesisCounts {
  readonly lut: number;
  /** Part of `lut` that works as memory or shift register. */
  readonly lutram: number;
  readonly ff: number;
  readonly dsp: number;
  readonly bram: number;
}

interface Row {
  readonly key: string;
  readonly target: FittedFamily;
  readonly counts: SynthesisCounts;
}

/** An engine alone. */
export interface BlockRow extends Row {
  readonly block: 'conv_engine' | 'lane_engine';
  /** Parameters of the SystemVerilog module. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** A whole chip. */
export interface ChipRow extends Row {
  readonly name: string;
  /** The formulas are fitted to `fit` chips and to the engines, and held against `check` chips. */
  readonly purpose: 'fit' | 'check';
  readonly configuration: ChipNumbers;
}

export interface SynthesisSweep {
  readonly tool: string;
  readonly version: string;
  /** Layers whose counters the chips record. */
  readonly layerCount: number;
  readonly blocks: readonly BlockRow[];
  readonly chips: readonly ChipRow[];
}

/** What `bench/synthesis/accel-shared-sweep.ts` recorded. */
export function readSynthesisSweep(): SynthesisSweep {
  const file = fileURLToPath(new URL('../../bench/synthesis/accel-shared-sweep.json', import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8')) as SynthesisSweep;
}
