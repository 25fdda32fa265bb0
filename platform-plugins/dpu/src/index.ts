import { definePlugin, readGivenAccelerators } from '@autodnnchip/core';

/**
 * DPUCZDX8G in its sizes: `dpu-b4096-kv260`, `dpu-b4096-zcu102` and `dpu-b1600-ultra96`, the latter two also under
 * newer software. All figures and free parameters, with units and sources, are in `accelerators.json`.
 */
export const dpu = definePlugin(() => ({
  name: '@autodnnchip/platform-dpu',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('dpu', platforms => {
      for (const accelerator of readGivenAccelerators(new URL('../accelerators.json', import.meta.url)))
        platforms.add(accelerator);
    });
  },
}));
