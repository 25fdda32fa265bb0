/**
 * Runs the embedded Yosys on a folder: `embedded-main FOLDER SCRIPT`. Its files are those of the folder, and what it
 * writes is written back. Exit code and output are those of Yosys.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Exit, runYosys, type Tree } from '@yowasp/yosys';

const [folder, scriptName] = process.argv.slice(2) as [string, string];

const before: Tree = {};
for (const entry of await readdir(folder, { withFileTypes: true })) {
  if (entry.isFile()) before[entry.name] = await readFile(join(folder, entry.name));
}

function print(bytes: Uint8Array | null): void {
  if (bytes !== null) process.stderr.write(bytes);
}

try {
  const after = await runYosys(['-q', '-s', scriptName], before, { stdout: print, stderr: print, decodeASCII: false });
  for (const [name, content] of Object.entries(after ?? {})) {
    if (name in before || !(typeof content === 'string' || content instanceof Uint8Array)) continue;
    await writeFile(join(folder, name), content);
  }
} catch (error) {
  if (!(error instanceof Exit)) throw error;
  process.exitCode = error.code === 0 ? 1 : error.code;
}
