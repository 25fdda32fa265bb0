import { definePlugin, overridePlatform, readPlatform, type Platform, type PlatformOverrides } from '@autodnnchip/core';

/** Lattice ECP5 LFE5U-85F with SDR SDRAM. All figures, with units and sources, are in `platform.json`. */
export function ecp585fPlatform(overrides: PlatformOverrides = {}): Platform {
  return overridePlatform(readPlatform(new URL('../platform.json', import.meta.url)), overrides);
}

/** Defines the platform `ecp5-85f`, with the values in `overrides` replaced. */
export const ecp585f = definePlugin((overrides: PlatformOverrides = {}) => ({
  name: '@autodnnchip/platform-ecp5-85f',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('ecp5-85f', platforms => platforms.add(ecp585fPlatform(overrides)));
  },
}));
