import type { Plugin, PluginInput } from '../plugin/index.js';
import { serviceToken } from '../services/index.js';
import type { AutoDNNchip } from './auto-dnn-chip.js';

/** Makes further instances of the framework, for whoever tries plugins out beside the one that runs. */
export interface FrameworkFactory {
  /** `change` gets this instance's plugins, in order, and returns those of the new one. */
  create(change: (plugins: readonly Plugin[]) => readonly PluginInput[]): AutoDNNchip;
}
export const FrameworkFactory = serviceToken<FrameworkFactory>('FrameworkFactory');
