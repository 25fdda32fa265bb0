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

import { packageFolders, packAll, packPackage } from './pack.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** A third party's engine, which nothing of ours names. */
const vendor = join(root, 'examples', 'vendor-ip');
const typescript = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
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
  run(process.execPath, [typescript, '-p', vendor]);
  const archives = join(folder, 'archives');
  mkdirSync(archives);
  const packed = [...packAll(archives), packPackage(vendor, archives)];
  writeFileSync(join(folder, 'package.json'), '{ "name": "someone", "private": true, "type": "module" }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packed]);
  return packed.length;
}

function buildAndSimulate() {
  const quantised = join(root, 'test', 'models', 'onnx-quant', 'resnet18-qop_s8s8_pc');
  cpSync(join(root, 'examples', 'skynet', 'skynet.onnx'), join(folder, 'skynet.onnx'));
  cpSync(join(root, 'examples', 'skynet', 'io.npz'), join(folder, 'skynet.npz'));
  cpSync(`${quantised}.onnx`, join(folder, 'resnet.onnx'));
  cpSync(`${quantised}-io.npz`, join(folder, 'resnet.npz'));
  const engine = ['--plugin', 'vendor-stream-pool'];
  buildAndSimulateOne('skynet', [], []);
  buildAndSimulateOne('resnet', engine, ['--set', 'stream-pool=1', '--set', 'stream-pool.poolWindow=3']);
}

function buildAndSimulateOne(name, plugins, settings) {
  const cli = (...parameters) => run('npx', ['--no-install', 'autodnnchip', ...parameters, ...plugins]);
  cli('build', `${name}.onnx`, '--platform', 'ultra96', '--out', name, ...settings);
  const arrays = ['--input', `${name}.npz:input`, '--expect', `${name}.npz:y_noopt`];
  const output = cli('simulate', name, '--tool', 'cxxrtl', ...arrays);
  if (!output.includes('Bits and cycles agree')) throw new Error(`The simulation does not agree:\n${output}`);
  say(`${name}${plugins.length === 0 ? '' : ' with the engine of a third party'}: bits and cycles agree.`);
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
  run(process.execPath, [typescript, '-p', '.']);
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
