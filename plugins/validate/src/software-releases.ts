import type { Platform } from '@autodnnchip/core';

/**
 * The accelerator of a row that states a release of software: the row's platform where it runs under that release, else
 * a variant of the same chip that does; a reason where other accelerators of the model run under it, but none of this
 * chip. A release that no accelerator names says nothing: the platform as it is.
 */
export function acceleratorUnderRelease(
  platform: Platform,
  release: string,
  all: readonly Platform[],
): Platform | string {
  if (runsUnder(platform, release)) return platform;
  const chip = chipOf(platform);
  const variant = all.find(other => chipOf(other) === chip && runsUnder(other, release));
  if (variant !== undefined) return variant;
  const known = all.some(
    other => other.accelerator?.model === platform.accelerator?.model && runsUnder(other, release),
  );
  return known && platform.accelerator?.releases !== undefined
    ? `the row was run under ${release}, ${platform.id} runs under ${platform.accelerator.releases[0]}, and no variant of it under the other`
    : platform;
}

/** The accelerator that all variants of a chip go back to. */
function chipOf({ id, accelerator }: Platform): string {
  return accelerator?.variantOf ?? id;
}

function runsUnder({ accelerator }: Platform, release: string): boolean {
  const stated = plain(release);
  return (accelerator?.releases ?? []).map(plain).some(name => stated === name || stated.startsWith(`${name} `));
}

/** `Vitis AI v2.0`, `Vitis AI 2.0` and `v2.0` are one release. */
function plain(release: string): string {
  return release
    .toLowerCase()
    .replace(/^vitis[ -]?ai\s+/, '')
    .replace(/^v(?=\d)/, '');
}
