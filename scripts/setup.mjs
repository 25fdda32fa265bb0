/**
 * Makes this folder ready on a machine that has only Node: packages, tools where it may install them, compilation, and
 * the `autodnnchip` command. Plain Node: it runs before anything is installed. Does only what is not done yet.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 11];
const nativeTools = { verilator: 'verilator', yosys: 'yosys', iverilog: 'iverilog', 'g++': 'g++', make: 'make' };

export function setUp() {
  checkNode();
  installPackages();
  installTools();
  compile();
  linkCommand();
}

function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function run(command, parameters, options = {}) {
  return spawnSync(command, parameters, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    ...options,
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  fail(`Node ${process.versions.node} is too old: ${oldestNode.join('.')} or newer is needed.`);
}

/** `ready` when node_modules holds what package-lock.json says, `stale` when not, `none` when there is nothing. */
function packageState() {
  const installedPath = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedPath)) return 'none';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedPath, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.includes('node_modules/') || entry.optional === true || entry.peer === true) continue;
    if (entry.link === true ? !existsSync(join(root, path)) : installed[path]?.version !== entry.version)
      return 'stale';
  }
  return 'ready';
}

function installPackages() {
  const state = packageState();
  if (state === 'ready') return;
  say(state === 'none' ? 'Installing node packages' : 'Updating node packages');
  const result = run('npm', state === 'none' ? ['ci'] : ['install'], { timeout: 900_000 });
  if (result.status !== 0) fail('The node packages could not be installed; the lines above say why.');
}

function inPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

function installTools() {
  const missing = Object.keys(nativeTools).filter(tool => !inPath(tool));
  if (missing.length === 0) return;
  const packages = missing.map(tool => nativeTools[tool]).join(' ');
  const byHand = `Without ${missing.join(', ')} the embedded tools are used, which are slower. To install: apt-get install ${packages}`;
  if (process.platform !== 'linux' || !inPath('apt-get')) return say(byHand);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !(inPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0))
    return say(byHand);
  say(`Installing ${packages}`);
  const aptGet = (...parameters) => {
    const command = isRoot
      ? ['apt-get', ...parameters]
      : ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...parameters];
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return run(command[0], command.slice(1), { timeout: 900_000, env: environment }).status === 0;
  };
  aptGet('update', '-qq');
  if (!aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages.split(' '))) say(`That failed. ${byHand}`);
}

function compile() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const result = run(process.execPath, [compiler, '-b'], { timeout: 600_000 });
  if (result.status !== 0) fail('The sources do not compile; the lines above say why.');
}

/** Puts `autodnnchip` beside npm's global commands, where that folder may be written to. */
function linkCommand() {
  if (process.platform === 'win32') return;
  const prefix = spawnSync('npm', ['prefix', '--global'], { cwd: root, encoding: 'utf8' }).stdout?.trim();
  const target = join(root, 'plugins', 'cli', 'bin', 'autodnnchip.js');
  if (!prefix) return;
  const link = join(prefix, 'bin', 'autodnnchip');
  try {
    if (isLinkTo(link, target)) return;
    if (isStaleLink(link)) rmSync(link);
    symlinkSync(target, link);
    say('`npx autodnnchip` now works in every folder');
  } catch (error) {
    const reason = error.code === 'EEXIST' ? 'another autodnnchip is there' : 'it may not be written to';
    say(`No command was put into ${dirname(link)}: ${reason}. In other folders use: node ${target}`);
  }
}

function isLinkTo(link, target) {
  try {
    return resolve(dirname(link), readlinkSync(link)) === target;
  } catch {
    return false;
  }
}

/** A link of an earlier clone: to a file of this name, gone or not. */
function isStaleLink(link) {
  try {
    return lstatSync(link).isSymbolicLink() && readlinkSync(link).endsWith('/plugins/cli/bin/autodnnchip.js');
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) setUp();
