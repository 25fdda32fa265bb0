import type { AcceleratorModelDefinition, Platform, TemplateDefinition } from '../chip/index.js';
import type { EngineDefinition } from '../engine/index.js';
import type { CommandDefinition, Registry, TapRecord } from '../hooks/index.js';
import { serviceToken } from '../services/index.js';

/** A plugin that was applied. */
export interface PluginRecord {
  readonly name: string;
  readonly version?: string;
}

/** Everything that the plugins of this framework instance define; a service, for whoever needs to look things up. */
export interface Definitions {
  readonly engines: Registry<EngineDefinition>;
  readonly templates: Registry<TemplateDefinition>;
  readonly acceleratorModels: Registry<AcceleratorModelDefinition>;
  readonly platforms: Registry<Platform>;
  readonly commands: Registry<CommandDefinition>;
  readonly plugins: readonly PluginRecord[];
  readonly taps: readonly TapRecord[];
  /** Provider of each service, by the service's name. */
  providers(): ReadonlyMap<string, string>;
}
export const Definitions = serviceToken<Definitions>('Definitions');
