import { definePlugin } from '@autodnnchip/core';
import { explainCommand } from './explain-command.js';

/** Adds the command `explain`: formula, inputs and sources of any number in a prediction. */
export const explanation = definePlugin(() => ({
  name: '@autodnnchip/plugin-explain',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.defineCommands.tap('explain', commands => {
      commands.add(explainCommand);
    });
  },
}));
