import { definePlugin, overridePlatform, readPlatform, type Platform, type PlatformOverrides } from '@autodnnchip/core';

/** 65 nm standard-cell ASIC with LPDDR3. All figures, with units and sources, are in `platform.json`. */
export function asic65nmPlatform(overrides: PlatformOverrides = {}): Platform {
  return overridePlatform(readPlatform(new URL('../platform.json', import.meta.url)), overrides);
}

/** Defines the platform `asic-65nm`, with the values in `overrides` replaced. */
export const asic65nm = definePlugin((overrides: PlatformOverrides = {}) => ({
  name: '@autodnnchip/platform-asic-65nm',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('asic-65nm', platforms => platforms.add(asic65nmPlatform(overrides)));
  },
}));
