import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ChipError, errorMessage, readInputJsonSync, type LoadedPlugin, type PluginInput } from '@autodnnchip/core';

import { unpackPackage } from './unpack-package.js';

const loadTimeLimitSeconds = 15;

/**
 * Loads the plugin or preset of a module: its export `plugin`, or else its default export; a function is called
 * without options. `specifier` is a path (it starts with `.` or `/`, or there is such a file), that of a packed package
 * among them (`.tgz`), or the name of a package that is installed where the command runs.
 */
export async function loadPluginModule(specifier: string, directory: string): Promise<LoadedPlugin> {
  const path = specifier.endsWith('.tgz')
    ? packageEntry(await unpackPackage(resolve(directory, specifier), directory), specifier)
    : locate(specifier, directory);
  return { plugin: pluginOf(specifier, path, await importWithin(specifier, path)), directory: packageFolder(path) };
}

/** Nearest folder above a file that has a package.json; the file's own where there is none. */
function packageFolder(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return dirname(path);
  }
}

function pluginOf(specifier: string, path: string, module: Readonly<Record<string, unknown>>): PluginInput {
  const exported = module['plugin'] ?? module['default'];
  if (exported === undefined) {
    throw new ChipError('ADC2010', `Plugin module ${specifier} exports neither \`plugin\` nor a default`, {
      location: { file: path },
      hint: `It exports: ${Object.keys(module).join(', ') || 'nothing'}. Export the plugin as \`plugin\`.`,
    });
  }
  try {
    return (typeof exported === 'function' ? (exported as () => unknown)() : exported) as PluginInput;
  } catch (error) {
    if (error instanceof ChipError) throw error;
    throw new ChipError('ADC2010', `Plugin module ${specifier} failed to make its plugin: ${errorMessage(error)}`, {
      location: { file: path },
      cause: error,
      hint: 'Ask its author, or start without it.',
    });
  }
}

async function importWithin(specifier: string, path: string): Promise<Record<string, unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const timeLimit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`it took longer than ${loadTimeLimitSeconds} s`)),
      loadTimeLimitSeconds * 1000,
    );
  });
  try {
    return await Promise.race([import(pathToFileURL(path).href) as Promise<Record<string, unknown>>, timeLimit]);
  } catch (error) {
    throw new ChipError('ADC2010', `Plugin module ${specifier} cannot be loaded: ${errorMessage(error)}`, {
      location: { file: path },
      cause: error,
      hint: 'Check that it is an ECMAScript module that runs on this version of Node, with its dependencies installed.',
    });
  } finally {
    clearTimeout(timer);
  }
}

function locate(specifier: string, directory: string): string {
  const asPath = resolve(directory, specifier);
  if (/^\.{1,2}[\\/]/.test(specifier) || isAbsolute(specifier) || existsSync(asPath)) {
    if (existsSync(asPath) && statSync(asPath).isFile()) return requireContent(asPath, specifier);
    if (existsSync(join(asPath, 'package.json'))) return packageEntry(asPath, specifier);
    throw notFound(specifier, `there is no file ${asPath}`);
  }
  const folders = createRequire(join(directory, 'noop.js')).resolve.paths(specifier) ?? [];
  const folder = folders
    .map(candidate => join(candidate, specifier))
    .find(candidate => existsSync(join(candidate, 'package.json')));
  if (folder === undefined) throw notFound(specifier, `no package of this name is installed in ${directory} or above`);
  return packageEntry(folder, specifier);
}

/** Main file of a package for `import`. */
function packageEntry(folder: string, specifier: string): string {
  const manifestPath = join(folder, 'package.json');
  const manifest = (readInputJsonSync(manifestPath, 'pluginManifest') ?? {}) as {
    readonly exports?: unknown;
    readonly main?: unknown;
  };
  const entry = importTarget(manifest.exports) ?? (typeof manifest.main === 'string' ? manifest.main : 'index.js');
  const path = resolve(dirname(manifestPath), entry);
  if (!existsSync(path) || !statSync(path).isFile())
    throw notFound(specifier, `its entry ${path} is no file, or missing`);
  return requireContent(path, specifier);
}

/**
 * Files that the system makes up, such as /proc/kmsg, say that they are empty and may block whoever reads them: nothing
 * is imported from those.
 */
function requireContent(path: string, specifier: string): string {
  if (statSync(path).size === 0) throw notFound(specifier, `${path} is empty`);
  return path;
}

function importTarget(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null) return undefined;
  const conditions = exported as Readonly<Record<string, unknown>>;
  for (const key of ['.', 'import', 'node', 'default']) {
    const target = importTarget(conditions[key]);
    if (target !== undefined) return target;
  }
  return undefined;
}

function notFound(specifier: string, reason: string): ChipError {
  return new ChipError('ADC2010', `Plugin module ${specifier} is not found: ${reason}`, {
    hint: 'Give a path that starts with ./ or /, or install the package in the folder that you work in.',
  });
}
