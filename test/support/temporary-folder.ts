import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** An empty folder that is removed when the test process ends. */
export function temporaryFolder(): string {
  if (folders.length === 0)
    process.once('exit', () => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'autodnnchip-test-')));
  folders.push(folder);
  return folder;
}
