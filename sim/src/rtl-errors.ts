import { ChipError } from '@autodnnchip/core';
import type { StagedSource } from './rtl-sources.js';

/**
 * Makes the error of a tool that refused the RTL speak of the caller's own files: first message, file and line. Other
 * errors come back as they are.
 */
export function locateRtlError(error: unknown, tool: string, sources: readonly StagedSource[]): unknown {
  if (!(error instanceof ChipError) || error.code !== 'ADC4002') return error;
  for (const line of error.message.split('\n')) {
    const source = sources.find(({ stagedPath }) => line.includes(`${stagedPath}:`));
    if (source === undefined) continue;
    const at = line.indexOf(`${source.stagedPath}:`);
    const place = /^(\d+)(?::\d+)?(?:\.\d+-\d+\.\d+)?:?\s*(.*)$/.exec(line.slice(at + source.stagedPath.length + 1));
    const lineNumber = place === null ? undefined : Number(place[1]);
    const before = line
      .slice(0, at)
      .replace(/[\s:]+$/, '')
      .trim();
    const said = [before.replace(/^%/, ''), place?.[2] ?? ''].filter(part => part !== '').join(': ');
    return new ChipError('ADC4002', `${tool} refuses the RTL: ${said}`, {
      cause: error,
      location: { file: source.givenPath, ...(lineNumber === undefined ? {} : { line: lineNumber }) },
      hint: 'Correct the RTL; the generated files are only refused if they were changed, or if a plugin emitted wrong ones.',
    });
  }
  return error;
}
