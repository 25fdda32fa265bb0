import type { AcceleratorModelDefinition, Platform, TemplateDefinition } from '../chip/index.js';
import type { EngineDefinition } from '../engine/index.js';
import { ChipError, errorMessage } from '../errors/index.js';
import { createHooks, createRegistry, Hooks, type CommandDefinition } from '../hooks/index.js';
import { flattenPlugins, type Plugin, type PluginContext, type PluginInput } from '../plugin/index.js';
import type { ServiceToken } from '../services/index.js';
import type { AutoDNNchip } from './auto-dnn-chip.js';
import { Definitions } from './definitions.js';
import { FrameworkFactory } from './framework-factory.js';
import { bindCoreServices } from './core-services.js';
import { coreProvider, createServiceContainer } from './service-container.js';

export interface AutoDNNchipOptions {
  readonly plugins: readonly PluginInput[];
}

/** Applies the plugins in the order given, calls the define hooks, and freezes hooks, services and definitions. */
export function createAutoDNNchip(options: AutoDNNchipOptions): AutoDNNchip {
  let frozen = false;
  let applying: string | undefined;
  const isFrozen = (): boolean => frozen;
  const plugins = flattenPlugins(options.plugins);
  const { hooks, taps } = createHooks({ currentPlugin: () => applying, isFrozen });
  const container = createServiceContainer(isFrozen);
  const definitions: Definitions = Object.freeze({
    engines: createRegistry<EngineDefinition>('engine', isFrozen),
    templates: createRegistry<TemplateDefinition>('template', isFrozen),
    acceleratorModels: createRegistry<AcceleratorModelDefinition>('model of accelerators', isFrozen),
    platforms: createRegistry<Platform>('platform', isFrozen),
    commands: createRegistry<CommandDefinition>('command', isFrozen),
    plugins: plugins.map(({ name, version }) => (version === undefined ? { name } : { name, version })),
    taps,
    providers: () => container.providers(),
  });
  container.bind(coreProvider, Hooks, [], () => hooks);
  container.bind(coreProvider, Definitions, [], () => definitions);
  container.bind(coreProvider, FrameworkFactory, [], () => ({
    create: change => createAutoDNNchip({ plugins: change(plugins) }),
  }));
  bindCoreServices(container);

  for (const plugin of plugins) {
    applying = plugin.name;
    const context: PluginContext = Object.freeze({
      hooks,
      bind: (token, dependencies, create) => container.bind(plugin.name, token, dependencies, create),
    } satisfies PluginContext);
    applyPlugin(plugin, context);
  }
  applying = undefined;

  hooks.defineEngines.call(definitions.engines);
  hooks.defineTemplates.call(definitions.templates);
  hooks.defineAcceleratorModels.call(definitions.acceleratorModels);
  hooks.definePlatforms.call(definitions.platforms);
  hooks.defineCommands.call(definitions.commands);
  frozen = true;
  return Object.freeze({ hooks, definitions, get: <Service>(token: ServiceToken<Service>) => container.get(token) });
}

function applyPlugin(plugin: Plugin, context: PluginContext): void {
  let result: unknown;
  try {
    result = plugin.apply(context);
  } catch (error) {
    if (error instanceof ChipError) {
      error.plugin ??= plugin.name;
      throw error;
    }
    throw new ChipError('ADC2005', `Plugin ${plugin.name} failed while it was applied: ${errorMessage(error)}`, {
      plugin: plugin.name,
      cause: error,
    });
  }
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new ChipError('ADC2004', `apply of plugin ${plugin.name} is async`, {
      plugin: plugin.name,
      hint: 'Make apply synchronous: tap hooks and bind services at once, and do the waiting inside taps and services.',
    });
  }
}
