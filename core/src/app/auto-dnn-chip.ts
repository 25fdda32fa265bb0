import type { Hooks } from '../hooks/index.js';
import type { ServiceToken } from '../services/index.js';
import type { Definitions } from './definitions.js';

/** One instance of the framework: its plugins are applied, and nothing can be added any more. */
export interface AutoDNNchip {
  readonly hooks: Hooks;
  readonly definitions: Definitions;
  /** The service behind a token; throws an error that names it when no plugin provides it. */
  get<Service>(token: ServiceToken<Service>): Service;
}
