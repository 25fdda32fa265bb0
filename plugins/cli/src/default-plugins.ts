import type { PluginInput } from '@autodnnchip/core';

/** The plugins that the command line starts with: the one place where rooms are put together. */
export const defaultPlugins: readonly PluginInput[] = [];
