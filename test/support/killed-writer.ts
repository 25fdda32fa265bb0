// Writes a bundle and is killed, by a signal that nothing can catch, right after its so-many-th rename: `killed-writer
// FOLDER RENAMES FILES`.
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { createFileBundleStore, type BundleFile } from '@autodnnchip/core';

const [directory, renames, files] = process.argv.slice(2);
const { rename } = promises;
let left = Number(renames);
promises.rename = async (...paths) => {
  await rename(...paths);
  left--;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();

await createFileBundleStore().write({ directory, files: JSON.parse(files) as BundleFile[], force: false });
