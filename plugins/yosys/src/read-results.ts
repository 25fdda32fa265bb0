import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChipError, errorMessage } from '@autodnnchip/core';
import { scriptOutputs, sramCellType } from './synthesis-script.js';

/** What `stat -json` says. */
export interface YosysStatistics {
  /** Version of Yosys that wrote it. */
  readonly version: string;
  /** Cells of the whole design by type. */
  readonly cells: Readonly<Record<string, number>>;
  /** Cells of each module by type, its own only; one module where the design was flattened. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Newer versions of Yosys keep the names of flattened modules in cells of this type. */
const scopeMarker = '$scopeinfo';

export async function readStatistics(folder: string): Promise<YosysStatistics> {
  const text = await readOutput(folder, scriptOutputs.statistics);
  let document: unknown;
  try {
    document = JSON.parse(text.slice(text.indexOf('{')));
  } catch (error) {
    throw unreadable(`its statistics are not JSON: ${errorMessage(error)}`);
  }
  const { creator, design, modules } = document as { creator?: unknown; design?: unknown; modules?: unknown };
  const version = typeof creator === 'string' ? /Yosys (\d+\.\d+(?:\+\d+)?)/.exec(creator)?.[1] : undefined;
  if (version === undefined || typeof modules !== 'object' || modules === null)
    throw unreadable('its statistics have no version or no modules');
  return {
    version,
    cells: cellsOf(design),
    modules: Object.fromEntries(
      Object.entries(modules).map(([name, module]) => [name.replace(/^\\/, ''), cellsOf(module)]),
    ),
  };
}

function cellsOf(module: unknown): Readonly<Record<string, number>> {
  const cells =
    typeof module === 'object' && module !== null && 'num_cells_by_type' in module
      ? module.num_cells_by_type
      : undefined;
  if (typeof cells !== 'object' || cells === null) throw unreadable('its statistics have no cells');
  const hardware = Object.entries(cells).filter(([type]) => type !== scopeMarker);
  return Object.fromEntries(
    hardware.map(([type, count]) => {
      if (typeof count !== 'number') throw unreadable(`its statistics have no count for ${type}`);
      return [type.replace(/^\\/, ''), count];
    }),
  );
}

/** A memory that stays an SRAM macro. */
export interface SramMacro {
  readonly name: string;
  readonly widthBits: number;
  readonly depth: number;
}

/** Memories as the script dumped them. */
export async function readMacros(folder: string): Promise<readonly SramMacro[]> {
  const text = await readOutput(folder, scriptOutputs.memories);
  return text
    .split(/^\s*cell /m)
    .slice(1)
    .map(cell => {
      const number = (name: string): number =>
        Number(new RegExp(`parameter (?:signed )?\\\\${name} (\\d+)`).exec(cell)?.[1] ?? NaN);
      const macro = {
        name: /^\S+ \\?(\S+)/.exec(cell)?.[1] ?? 'memory',
        widthBits: number('WIDTH'),
        depth: number('SIZE'),
      };
      if (!Number.isInteger(macro.widthBits) || !Number.isInteger(macro.depth))
        throw unreadable(`the size of memory ${macro.name} is missing`);
      return macro;
    });
}

/** Number that `select -count` printed. */
export async function readCount(folder: string, output: 'multipliers' | 'flipFlops'): Promise<number> {
  const count = /(\d+) objects/.exec(await readOutput(folder, scriptOutputs[output]))?.[1];
  if (count === undefined) throw unreadable(`it did not count the ${output}`);
  return Number(count);
}

/** Cell area in the Liberty file's unit, or transistors where there is none; SRAM macros are in neither. */
export async function readArea(folder: string, kind: 'area' | 'transistors'): Promise<number> {
  const text = await readOutput(folder, scriptOutputs.area);
  const pattern =
    kind === 'area'
      ? /Chip area for (?:top )?module '[^']*': (\d+(?:\.\d+)?)/g
      : /Estimated number of transistors: +(\d+)/g;
  const last = [...text.matchAll(pattern)].pop()?.[1];
  if (last !== undefined) return Number(last);
  // A design without cells has no such line.
  if (new RegExp(`Number of cells: +0`).test(text) || text.includes(sramCellType)) return 0;
  throw unreadable(`it printed no ${kind}`);
}

async function readOutput(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    throw unreadable(`it left no ${name}: ${errorMessage(error)}`);
  }
}

function unreadable(reason: string): ChipError {
  return new ChipError('ADC4013', `The result of Yosys cannot be read: ${reason}`, {
    hint: 'Check with `autodnnchip doctor` which Yosys is used; 0.23 and 0.55 are known to work.',
  });
}
