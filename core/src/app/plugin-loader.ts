import type { PluginInput } from '../plugin/index.js';
import { serviceToken } from '../services/index.js';

export interface LoadedPlugin {
  /** What the module exports: a plugin, or an array of plugins. */
  readonly plugin: PluginInput;
  /** Folder of its package, the nearest one above the module that has a package.json; the module's own without one. */
  readonly directory: string;
}

/** Loads plugins by the path of a module or folder, a packed package (.tgz), or the name of an installed package. */
export interface PluginLoader {
  /** Throws ADC2010 where nothing is there, or what is there is no plugin. */
  load(specifier: string): Promise<LoadedPlugin>;
}
export const PluginLoader = serviceToken<PluginLoader>('PluginLoader');
