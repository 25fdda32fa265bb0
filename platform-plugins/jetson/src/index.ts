import { definePlugin, readGivenAccelerators } from '@autodnnchip/core';

/**
 * Jetson GPUs: `jetson-nano`, `jetson-agx-xavier`, `jetson-tx2`. All figures and free parameters, with units and
 * sources, are in `accelerators.json`.
 */
export const jetson = definePlugin(() => ({
  name: '@autodnnchip/platform-jetson',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('jetson', platforms => {
      for (const accelerator of readGivenAccelerators(new URL('../accelerators.json', import.meta.url)))
        platforms.add(accelerator);
    });
  },
}));
