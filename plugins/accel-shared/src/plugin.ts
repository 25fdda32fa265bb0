import { ChipError, definePlugin, type IpDefinition } from '@autodnnchip/core';

import { createAccelSharedTemplate } from './template.js';

/** Adds the `accel-shared` template. It takes its engines from the hardware blocks that other plugins define. */
export const accelShared = definePlugin(() => ({
  name: '@autodnnchip/plugin-accel-shared',
  apiVersion: 1,
  apply(chip) {
    let find: ((id: string) => IpDefinition | undefined) | undefined;
    // Stage: after every plugin has added its blocks; the registry is only looked at later.
    chip.hooks.defineIps.tap({ name: 'accel-shared-blocks', stage: 1000 }, (ips) => { find = (id) => ips.find(id); });
    chip.hooks.defineTemplates.tap('accel-shared', (templates) => {
      templates.add(createAccelSharedTemplate((id) => {
        const ip = find?.(id);
        if (ip !== undefined) return ip;
        throw new ChipError('ADC2008', `The template accel-shared needs the hardware block ${id}`, { hint: `Add the plugin that defines ${id}.` });
      }));
    });
  },
}));
