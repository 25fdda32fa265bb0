import { ChipError } from '../errors/index.js';
import type { Hooks } from '../hooks/index.js';
import type { ServicesOf, ServiceToken } from '../services/index.js';

/** Version of the plugin interface: a plugin states the one that it was written for. */
export const pluginApiVersion = 1;

/** What a plugin may do while it is applied. */
export interface PluginContext {
  readonly hooks: Hooks;
  /**
   * Provides a service. `create` is called once, when the service is first asked for, with the services behind
   * `dependencies`. A default of the core is replaced; a service of another plugin is an error.
   */
  bind<Service, const Dependencies extends readonly ServiceToken<unknown>[]>(
    token: ServiceToken<Service>,
    dependencies: Dependencies,
    create: (...services: ServicesOf<Dependencies>) => NoInfer<Service>,
  ): void;
}

/** A plugin: taps hooks and provides services. Make one with `definePlugin`. */
export interface Plugin {
  /** Package name, or another name that is unique; errors show it. */
  readonly name: string;
  /** The `pluginApiVersion` that it was written for. */
  readonly apiVersion: number;
  /** Version of the plugin itself. */
  readonly version?: string;
  /** Called once, at start-up. Synchronous: work that must wait belongs into taps and services. */
  apply(chip: PluginContext): void;
}

/** What `createAutoDNNchip` takes: plugins, presets (arrays, nested at will), and falsy values that it ignores. */
export type PluginInput = Plugin | readonly PluginInput[] | false | null | undefined | '' | 0;

/**
 * Makes a plugin factory. The plugin that it returns is checked, so that a mistake shows where the plugin is made.
 *
 *     export const myPlatform = definePlugin(() => ({
 *       name: 'autodnnchip-platform-mine',
 *       apiVersion: 1,
 *       apply(chip) {
 *         chip.hooks.definePlatforms.tap('mine', (platforms) => platforms.add({ id: 'mine', … }));
 *       },
 *     }));
 */
export function definePlugin<Options extends readonly unknown[]>(
  factory: (...options: Options) => Plugin,
): (...options: Options) => Plugin {
  return (...options) => Object.freeze(checkPlugin(factory(...options)));
}

/** Throws what is wrong with a value that should be a plugin for this version of the interface. */
export function checkPlugin(value: unknown): Plugin {
  if (typeof value === 'function') {
    throw new ChipError('ADC2001', `A function${value.name === '' ? '' : ` (${value.name})`} was given as plugin`, {
      hint: 'Plugin factories are called: plugins: [myPlugin()], not [myPlugin].',
    });
  }
  if (typeof value !== 'object' || value === null) {
    throw new ChipError('ADC2001', `${value === null ? 'null' : `A ${typeof value}`} was given as plugin`, {
      hint: shapeHint,
    });
  }
  if (value instanceof Promise) {
    throw new ChipError('ADC2001', 'A promise was given as plugin', { hint: 'Await it before it is passed on.' });
  }
  const candidate = value as Partial<Record<keyof Plugin, unknown>>;
  if (typeof candidate.name !== 'string' || candidate.name === '') {
    throw new ChipError('ADC2001', 'A plugin has no name', { hint: shapeHint });
  }
  const { name } = candidate;
  if (candidate.apiVersion !== pluginApiVersion) {
    const wanted = candidate.apiVersion === undefined ? 'none' : JSON.stringify(candidate.apiVersion);
    throw new ChipError(
      'ADC2002',
      `Plugin ${name} is written for plugin interface ${wanted}; this is version ${pluginApiVersion}`,
      {
        plugin: name,
        hint: `Install a version of ${name} for plugin interface ${pluginApiVersion}, or another version of @autodnnchip/core.`,
      },
    );
  }
  if (typeof candidate.apply !== 'function') {
    throw new ChipError('ADC2001', `Plugin ${name} has no apply(chip) function`, { plugin: name, hint: shapeHint });
  }
  return value as Plugin;
}

const shapeHint = `A plugin is { name, apiVersion: ${pluginApiVersion}, version?, apply(chip) }.`;

/** The plugins of nested arrays, in order, without falsy values; each is checked, and none may come twice. */
export function flattenPlugins(inputs: readonly PluginInput[]): readonly Plugin[] {
  const byName = new Map<string, Plugin>();
  const visit = (input: PluginInput): void => {
    if (!input) return;
    if (isPluginList(input)) {
      for (const inner of input) visit(inner);
      return;
    }
    const plugin = checkPlugin(input);
    if (byName.has(plugin.name)) {
      throw new ChipError('ADC2003', `Plugin ${plugin.name} is given twice`, {
        plugin: plugin.name,
        hint: 'Leave one of the two out; a preset or the default set may already hold it.',
      });
    }
    byName.set(plugin.name, plugin);
  };
  visit(inputs);
  return [...byName.values()];
}

function isPluginList(input: PluginInput): input is readonly PluginInput[] {
  return Array.isArray(input);
}
