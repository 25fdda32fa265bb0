import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChipError, makeWorkingFolder, readInputFile, type SynthesisTarget, type ToolRunner } from '@autodnnchip/core';
import { countCells, type CellTotals } from './counting-rules.js';
import { readArea, readCount, readMacros, readStatistics, type SramMacro } from './read-results.js';
import { stageSources, type SourceFile } from './source-files.js';
import { withSourceLocation } from './source-location.js';
import { synthesisScript } from './synthesis-script.js';
import { findYosys, type YosysChoice } from './yosys-tool.js';

/** RTL to synthesise. */
export interface SourceSynthesisRequest {
  /** SystemVerilog files and what they include or read. */
  readonly sources: readonly SourceFile[];
  readonly top: string;
  /** Values of the top module's parameters. */
  readonly parameters?: Readonly<Record<string, number | string>>;
  readonly target: SynthesisTarget;
  /** Cell library for `asic`; without it cells are counted in gates and there is no area. */
  readonly libertyPath?: string;
  /** Whether module borders are dissolved, as vendors' tools do; true when absent. */
  readonly flatten?: boolean;
  /** The installed Yosys where it works, else the embedded one, when absent. */
  readonly tool?: YosysChoice;
  /** 1800 when absent. */
  readonly timeLimitSeconds?: number;
  readonly signal?: AbortSignal;
}

/** An ASIC's cells. */
export interface AsicCells {
  readonly ff: number;
  /** Multiplications in the RTL, whatever their widths. */
  readonly multipliers: number;
  /** Memories deeper than 16 words: SRAM macros, not among the cells. */
  readonly macros: readonly SramMacro[];
  readonly sramBits: number;
  /** Area of the cells in the unit of the Liberty file, usually square micrometres; macros are not in it. */
  readonly cellArea?: number;
  /** Two-input NAND gates, four transistors each; without a Liberty file. */
  readonly gates?: number;
}

export interface SourceSynthesisResult {
  readonly target: SynthesisTarget;
  /** `yosys` or `@yowasp/yosys`. */
  readonly tool: string;
  /** Version of Yosys itself. */
  readonly version: string;
  /** For FPGA families. */
  readonly totals?: CellTotals;
  /** For `asic`. */
  readonly asic?: AsicCells;
  /** Cells of the whole design by type. */
  readonly cells: Readonly<Record<string, number>>;
  /** Cells of each module by type, its own only. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly wallSeconds: number;
}

const scriptName = 'synthesis.ys';
const libertyName = 'cells.lib';
const defaultTimeLimitSeconds = 1800;

/** Synthesises RTL with Yosys and counts the cells. Throws ADC4001 to ADC4013; nothing is left behind. */
export async function synthesizeSources(
  request: SourceSynthesisRequest,
  runner: ToolRunner,
): Promise<SourceSynthesisResult> {
  const staged = stageSources(request.sources);
  const liberty =
    request.libertyPath === undefined
      ? undefined
      : await readLiberty(request.libertyPath, request.target, request.signal);
  const script = synthesisScript({
    sources: staged.filter(({ isRoot }) => isRoot).map(({ name }) => name),
    top: request.top,
    parameters: request.parameters ?? {},
    target: request.target,
    flatten: request.flatten ?? true,
    ...(liberty === undefined ? {} : { libertyFile: libertyName }),
  });
  const tool = await findYosys(request.tool ?? 'best', runner);
  const started = performance.now();
  const folder = await makeWorkingFolder('synthesis');
  try {
    for (const { name, text } of staged) await writeFile(join(folder, name), text);
    if (liberty !== undefined) await writeFile(join(folder, libertyName), liberty);
    await writeFile(join(folder, scriptName), script);
    try {
      await tool.run(folder, scriptName, request.timeLimitSeconds ?? defaultTimeLimitSeconds, request.signal);
    } catch (error) {
      throw withSourceLocation(error, staged);
    }
    const { version, cells, modules } = await readStatistics(folder);
    const counted =
      request.target === 'asic'
        ? { asic: await readAsic(folder, liberty !== undefined) }
        : { totals: countCells(request.target, cells) };
    return {
      target: request.target,
      tool: tool.name,
      version,
      ...counted,
      cells,
      modules,
      wallSeconds: (performance.now() - started) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readLiberty(path: string, target: SynthesisTarget, signal: AbortSignal | undefined): Promise<string> {
  if (target !== 'asic')
    throw new ChipError('ADC4012', `A Liberty file does not go with target ${target}`, {
      hint: 'Leave it out, or choose target asic.',
    });
  const text = new TextDecoder('latin1').decode(await readInputFile(path, 'liberty', signal));
  if (/\blibrary\s*\(/.test(text) && /\bcell\s*\(/.test(text)) return text;
  throw new ChipError('ADC4012', `${path} is not a Liberty file: it declares no library with cells`, {
    location: { file: path },
    hint: 'Give the .lib file of a standard-cell library, not compressed.',
  });
}

async function readAsic(folder: string, hasLiberty: boolean): Promise<AsicCells> {
  const macros = await readMacros(folder);
  return {
    ff: await readCount(folder, 'flipFlops'),
    multipliers: await readCount(folder, 'multipliers'),
    macros,
    sramBits: macros.reduce((bits, { widthBits, depth }) => bits + widthBits * depth, 0),
    ...(hasLiberty
      ? { cellArea: await readArea(folder, 'area') }
      : { gates: (await readArea(folder, 'transistors')) / 4 }),
  };
}
