import { definePlugin, readGivenAccelerators } from '@autodnnchip/core';

/** Eyeriss. All figures and free parameters, with units and sources, are in `accelerators.json`. */
export const eyeriss = definePlugin(() => ({
  name: '@autodnnchip/platform-eyeriss',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('eyeriss', platforms => {
      for (const accelerator of readGivenAccelerators(new URL('../accelerators.json', import.meta.url)))
        platforms.add(accelerator);
    });
  },
}));
