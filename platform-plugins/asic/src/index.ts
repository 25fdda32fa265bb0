import { definePlugin, overridePlatform, readPlatform, type Platform, type PlatformOverrides } from '@autodnnchip/core';

function platform(name: string, overrides: PlatformOverrides): Platform {
  return overridePlatform(readPlatform(new URL(`../platforms/${name}.json`, import.meta.url)), overrides);
}

/** 45 nm standard-cell ASIC with DDR3. */
export function asic45nmPlatform(overrides: PlatformOverrides = {}): Platform {
  return platform('asic-45nm', overrides);
}

/** 28 nm standard-cell ASIC with LPDDR4. */
export function asic28nmPlatform(overrides: PlatformOverrides = {}): Platform {
  return platform('asic-28nm', overrides);
}

/**
 * Defines the platforms `asic-45nm` and `asic-28nm`: the same chip as `asic-65nm` in younger processes, derived by
 * rule.
 */
export const asic = definePlugin(() => ({
  name: '@autodnnchip/platform-asic',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.definePlatforms.tap('asic', platforms => {
      for (const added of [asic45nmPlatform(), asic28nmPlatform()]) platforms.add(added);
    });
  },
}));
