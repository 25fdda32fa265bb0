import { definePlugin, readGivenAccelerators } from '@autodnnchip/core';

/** ShiDianNao. All figures and free parameters, with units and sources, are in `accelerators.json`. */
export const shidiannao = definePlugin(() => ({
  name: '@autodnnchip/platform-shidiannao',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('shidiannao', platforms => {
      for (const accelerator of readGivenAccelerators(new URL('../accelerators.json', import.meta.url)))
        platforms.add(accelerator);
    });
  },
}));
