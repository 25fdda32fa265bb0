import { definePlugin } from '@autodnnchip/core';

import { checkCommand } from './check-command.js';

/** The command `check`. */
export const conformance = definePlugin(() => ({
  name: '@autodnnchip/plugin-conformance',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineCommands.tap('check', commands => commands.add(checkCommand));
  },
}));
