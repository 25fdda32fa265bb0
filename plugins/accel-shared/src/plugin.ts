import { definePlugin } from '@autodnnchip/core';

import { createAccelSharedTemplate } from './template.js';

/** The interface between this chassis and its engines, as engines name it. */
const chassis = 'accel-shared@1';

/** Adds the `accel-shared` template. It takes its engines from those that plugins define for its chassis. */
export const accelShared = definePlugin(() => ({
  name: '@autodnnchip/plugin-accel-shared',
  apiVersion: 1,
  apply(chip) {
    // Hooks are called in their order: all engines are defined when the template asks for them.
    chip.hooks.defineEngines.tap({ name: 'accel-shared', stage: 1000 }, engines => {
      chip.hooks.defineTemplates.tap('accel-shared', templates => {
        templates.add(createAccelSharedTemplate(engines.list().filter(engine => engine.chassis.includes(chassis))));
      });
    });
  },
}));
