import { readFileSync } from 'node:fs';
import {
  createAutoDNNchip,
  type CriticalPath,
  type PlaceableTarget,
  type Platform,
  type ResourceEstimate,
} from '@autodnnchip/core';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ecp585f } from '@autodnnchip/platform-ecp5-85f';
import { accelShared } from '@autodnnchip/plugin-accel-shared';
import { fmaxSummary } from '@autodnnchip/plugin-nextpnr';
import { highestClockOf } from '../../plugins/accel-shared/src/cost/fmax.js';
import type { ChipNumbers } from '../../test/support/chip-engines.js';
import type { RowPurpose } from './points.js';

/** A row of `sweep.json`: an engine (`ip`, `parameters`) or a chip (`configuration`). */
export interface FmaxRow {
  readonly key: string;
  readonly target: PlaceableTarget;
  readonly purpose: RowPurpose;
  readonly ip?: string;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly configuration?: ChipNumbers;
  readonly seeds: readonly {
    readonly seed: number;
    readonly fmaxMegahertz: number;
    readonly criticalPath: CriticalPath;
  }[];
}

export interface FmaxSweep {
  readonly tools: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, string>>;
  readonly rows: readonly FmaxRow[];
}

export function readFmaxSweep(): FmaxSweep {
  return JSON.parse(readFileSync(new URL('sweep.json', import.meta.url), 'utf8')) as FmaxSweep;
}

const framework = createAutoDNNchip({ plugins: [convAdderTree(), laneEngine(), accelShared(), ecp585f()] });
const platform: Platform = framework.definitions.platforms.get('ecp5-85f');

/** LUTs that the resource model gives the row's design. */
export function predictedLuts(row: FmaxRow): number {
  return predictedResources(row).lut ?? 0;
}

/** The prediction for a row's design: a whole chip's, or an engine's as if it were alone on the device. */
export function predictedFmax(row: FmaxRow): number {
  const { fmaxMegahertz } =
    row.configuration === undefined
      ? { fmaxMegahertz: highestClockOf(engineOf(row), row.parameters ?? {}, platform, predictedLuts(row)) }
      : predictedResources(row);
  if (fmaxMegahertz === undefined) throw new Error(`No clock is predicted for ${row.key}`);
  return fmaxMegahertz;
}

export function measuredFmax(row: FmaxRow): number {
  return fmaxSummary(row.seeds.map(({ fmaxMegahertz }) => fmaxMegahertz)).median;
}

function engineOf(row: FmaxRow): ReturnType<typeof framework.definitions.engines.get> {
  return framework.definitions.engines.get(row.ip ?? '');
}

function predictedResources(row: FmaxRow): ResourceEstimate {
  const { configuration } = row;
  return configuration === undefined
    ? engineOf(row).resources(row.parameters ?? {}, platform)
    : framework.definitions.templates.get('accel-shared').resources({ ...configuration }, platform);
}
