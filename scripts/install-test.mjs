/**
 * `npm run test:install`: packs every package, checks what is packed, installs the archives and nothing else into an
 * empty folder, and there builds and simulates a chip with tools that come with the packages, and compiles a program
 * against the types.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { packageFolders, packAll } from './pack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'autodnnchip-install-'));

/** What a person writes against the packages; compiled with every declaration file checked. */
const program = `import { ChipError, createAutoDNNchip, definePlugin, type Network, type Prediction } from '@autodnnchip/core';
import { defineEngine, type EngineDefinition } from '@autodnnchip/core/engine';
import { defaultPlugins } from '@autodnnchip/plugin-cli';

const silent = { warn: () => undefined, info: () => undefined, detail: () => undefined, progress: () => undefined };
export const chip = createAutoDNNchip({ plugins: defaultPlugins(silent) });
export const plugin = definePlugin(() => ({ name: 'mine', apiVersion: 1, apply: () => undefined }));
export function cyclesOf({ latencyCycles }: Prediction): number {
  return latencyCycles;
}
export function nameOf({ name }: Network): string {
  return name;
}
export function define(engine: EngineDefinition): EngineDefinition {
  return defineEngine(engine);
}
export const isOurs = (error: unknown): boolean => error instanceof ChipError;
`;

function say(text) {
  process.stdout.write(`${text}\n`);
}

function run(command, parameters, environment = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} ends with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

async function checkPackages() {
  let problems = 0;
  for (const packageFolder of packageFolders()) {
    const { messages, pkg } = await publint({ pkgDir: packageFolder, level: 'warning', pack: false, strict: true });
    for (const message of messages) {
      problems++;
      say(`${pkg.name}: ${formatMessage(message, pkg)}`);
    }
  }
  if (problems > 0) throw new Error(`publint has ${problems} objections`);
}

function installArchives() {
  const archives = join(folder, 'archives');
  mkdirSync(archives);
  const packed = packAll(archives);
  writeFileSync(join(folder, 'package.json'), '{ "name": "someone", "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packed]);
  return packed.length;
}

function buildAndSimulate() {
  const example = join(root, 'examples', 'skynet');
  for (const name of ['skynet.onnx', 'io.npz']) cpSync(join(example, name), join(folder, name));
  const cli = (...parameters) => run('npx', ['--no-install', 'autodnnchip', ...parameters]);
  say(cli('build', 'skynet.onnx', '--platform', 'ultra96', '--out', 'chip').split('\n')[0]);
  const output = cli('simulate', 'chip', '--tool', 'cxxrtl', '--input', 'io.npz:input', '--expect', 'io.npz:y_noopt');
  if (!output.includes('Bits and cycles agree')) throw new Error(`The simulation does not agree:\n${output}`);
  say('Bits and cycles agree.');
}

function compileProgram() {
  writeFileSync(join(folder, 'program.ts'), program);
  const options = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['program.ts'] }));
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.']);
}

try {
  await checkPackages();
  say(`${installArchives()} packages installed from archives alone.`);
  buildAndSimulate();
  compileProgram();
  say('A program compiles against the types, declaration files checked.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
