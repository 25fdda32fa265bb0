import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../results/', import.meta.url));

/** What figures depend on beside the code. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  /** Programs that wanted to run during the last minute: more than there are processors, and times are too long. */
  readonly load: number;
  readonly node: string;
}

/** Call it at the end of a benchmark. */
export function machine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model ?? 'unknown',
    processors: all.length,
    load: Math.round(loadavg()[0] * 10) / 10,
    node: process.version,
  };
}

/** One line on the machine, for the head of a table. */
export function describeMachine({ processor, processors, load, node }: Machine): string {
  return `${processors} x ${processor}, load ${load}, Node.js ${node}.`;
}

/** Writes `bench/results/NAME.json` and, for people, `NAME.md`; prints the latter. */
export function writeResults(name: string, document: object, markdown: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(document, null, 1)}\n`);
  writeFileSync(`${folder}${name}.md`, markdown.endsWith('\n') ? markdown : `${markdown}\n`);
  process.stdout.write(`${markdown}\n`);
}

/** A table with numbers to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) =>
    rows.every(row => typeof row[column] === 'number') && rows.length > 0 ? '---:' : '---',
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
