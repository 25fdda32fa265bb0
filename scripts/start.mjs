/** `npm start`: set-up, then a chip for SkyNet on the Ultra96 board: built, simulated and reported. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const example = 'examples/skynet';
const bundle = 'out/skynet-ultra96';

function autodnnchip(...parameters) {
  process.stdout.write(`\n$ npx autodnnchip ${parameters.join(' ')}\n`);
  const command = join(root, 'plugins', 'cli', 'bin', 'autodnnchip.js');
  const { status } = spawnSync(process.execPath, [command, ...parameters], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 70);
}

setUp();
autodnnchip('build', `${example}/skynet.onnx`, '--platform', 'ultra96', '--out', bundle);
autodnnchip('simulate', bundle, '--input', `${example}/io.npz:input`, '--expect', `${example}/io.npz:y_noopt`);
process.stdout.write(`\nThe chip is in ${bundle}: its README.md tells what is what.\n`);
