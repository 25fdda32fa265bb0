import { ChipError } from '@autodnnchip/core';
import type { StagedFile } from './source-files.js';

/** Yosys names the staged file; the error names the caller's own, and its line. */
export function withSourceLocation(error: unknown, staged: readonly StagedFile[]): unknown {
  if (!(error instanceof ChipError) || error.code !== 'ADC4002') return error;
  const found = /(?:^|\s)([A-Za-z0-9_.-]+\.s?vh?):(\d+)/m.exec(error.message);
  const file = staged.find(({ name }) => name === found?.[1]);
  const line = Number(found?.[2]);
  return new ChipError('ADC4002', error.message, {
    cause: error.cause ?? error,
    ...(file === undefined ? {} : { location: { file: file.path, ...(line > 0 ? { line } : {}) } }),
    hint:
      knownReasons.find(([sign]) => error.message.includes(sign))?.[1] ??
      error.hint ??
      'The lines that Yosys printed say why.',
  });
}

/** What Yosys prints, and what it means. */
const knownReasons: readonly (readonly [string, string])[] = [
  [
    '$error',
    'A check of parameters in the RTL fails: Yosys says so by not knowing $error. Look at the checks of the modules, or try Verilator, which prints their text.',
  ],
  [
    'ABC output file',
    'Yosys could not map logic to the cells. A Liberty file needs an inverter, a buffer and several kinds of gates with their functions, and a flip-flop.',
  ],
];
