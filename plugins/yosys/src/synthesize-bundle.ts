import { join } from 'node:path';
import {
  ChipError,
  readBundleRtl,
  type Bundle,
  type ResourceEstimate,
  type SynthesisTarget,
  type ToolRunner,
} from '@autodnnchip/core';
import type { SourceFile } from './source-files.js';
import { synthesizeSources, type SourceSynthesisResult } from './synthesize-sources.js';
import type { YosysChoice } from './yosys-tool.js';

export interface BundleSynthesisRequest {
  readonly bundle: Bundle;
  readonly target: SynthesisTarget;
  readonly libertyPath?: string;
  readonly tool?: YosysChoice;
  readonly timeLimitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** Synthesises a bundle's top module: the manifest names it (`top`) and, in order, its files (`rtlFiles`). */
export async function synthesizeBundle(
  request: BundleSynthesisRequest,
  runner: ToolRunner,
): Promise<SourceSynthesisResult> {
  const { bundle, ...options } = request;
  return await synthesizeSources(
    { ...options, top: topModuleOf(bundle), sources: await bundleSources(bundle) },
    runner,
  );
}

/** Name of the bundle's top module. Throws ADC6005 where the manifest has none. */
export function topModuleOf({ manifest: { top }, directory }: Bundle): string {
  if (typeof top === 'string') return top;
  throw new ChipError('ADC6005', `The manifest of ${directory} names no top module`, {
    location: { file: join(directory, 'manifest.json') },
    hint: 'Build the chip again with this version.',
  });
}

/** The bundle's RTL in the order in which it is compiled, and what it may include. */
export async function bundleSources(bundle: Bundle): Promise<readonly SourceFile[]> {
  const { rtlFiles } = bundle.manifest;
  const listed = Array.isArray(rtlFiles) ? rtlFiles.filter((file): file is string => typeof file === 'string') : [];
  const files = listed.length > 0 ? listed : [...bundle.checksums.keys()].filter(path => /^rtl\/.*\.s?v$/.test(path));
  return (await readBundleRtl(bundle, files)).map(({ path, text }) => ({ path: join(bundle.directory, path), text }));
}

const squareMicrometresPerSquareMillimetre = 1e6;

/** The counts in the terms of predictions. For ASICs the area is that of cells alone: memories are in `sramBytes`. */
export function toResourceEstimate({ totals, asic }: SourceSynthesisResult): ResourceEstimate {
  if (totals !== undefined)
    return { lut: totals.lut, ff: totals.ff, dsp: totals.dsp, bram: totals.bram, multipliers: totals.dsp };
  if (asic === undefined) return { multipliers: 0 };
  return {
    ff: asic.ff,
    sramBytes: Math.ceil(asic.sramBits / 8),
    multipliers: asic.multipliers,
    ...(asic.cellArea === undefined
      ? {}
      : { areaSquareMillimetres: asic.cellArea / squareMicrometresPerSquareMillimetre }),
  };
}
