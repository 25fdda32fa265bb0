import { definePlugin, readGivenAccelerators } from '@autodnnchip/core';

/**
 * Coral Edge TPU: `edge-tpu-usb`, `edge-tpu-devboard`. All figures and free parameters, with units and sources, are in
 * `accelerators.json`.
 */
export const edgeTpu = definePlugin(() => ({
  name: '@autodnnchip/platform-edge-tpu',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('edge-tpu', platforms => {
      for (const accelerator of readGivenAccelerators(new URL('../accelerators.json', import.meta.url)))
        platforms.add(accelerator);
    });
  },
}));
