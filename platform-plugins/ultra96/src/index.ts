import { definePlugin, overridePlatform, readPlatform, type Platform, type PlatformOverrides } from '@autodnnchip/core';

/** Ultra96, Zynq UltraScale+ XCZU3EG. All figures, with units and sources, are in `platform.json`. */
export function ultra96Platform(overrides: PlatformOverrides = {}): Platform {
  return overridePlatform(readPlatform(new URL('../platform.json', import.meta.url)), overrides);
}

/** Defines the platform `ultra96`, with the values in `overrides` replaced. */
export const ultra96 = definePlugin((overrides: PlatformOverrides = {}) => ({
  name: '@autodnnchip/platform-ultra96',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('ultra96', platforms => platforms.add(ultra96Platform(overrides)));
  },
}));
