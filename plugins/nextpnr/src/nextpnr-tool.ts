import {
  ChipError,
  compareVersions,
  knownTools,
  type PlaceableTarget,
  type ToolDescription,
  type ToolRunner,
} from '@autodnnchip/core';

/** A device to place on. */
export interface PlacementDevice {
  readonly title: string;
  /** Options of nextpnr that choose it. */
  readonly arguments: readonly string[];
}

/**
 * The largest common device of each family: what is placed is a block, whose speed does not depend on how full the
 * device is.
 */
export const placementDevices: Readonly<Record<PlaceableTarget, PlacementDevice>> = {
  ecp5: { title: 'LFE5U-85F, CABGA381, speed grade 6', arguments: ['--85k', '--package', 'CABGA381', '--speed', '6'] },
  ice40: { title: 'iCE40HX8K, CT256', arguments: ['--hx8k', '--package', 'ct256'] },
};

const candidates: Readonly<Record<PlaceableTarget, readonly [ToolDescription, ...ToolDescription[]]>> = {
  ecp5: [knownTools.nextpnrEcp5, knownTools.yowaspNextpnrEcp5],
  ice40: [knownTools.nextpnrIce40],
};

/** The first nextpnr of the family that is installed and new enough. Throws ADC4001 or ADC4005. */
export async function findNextpnr(target: PlaceableTarget, runner: ToolRunner): Promise<ToolDescription> {
  const [preferred, ...others] = candidates[target];
  for (const tool of [preferred, ...others]) {
    const found = await runner.find(tool);
    if (found !== undefined && compareVersions(found.version, tool.minimumVersion ?? '0') >= 0) return tool;
  }
  if (others.length === 0 || (await runner.find(preferred)) !== undefined) {
    await runner.require(preferred);
  }
  const names = candidates[target].map(({ id }) => id);
  throw new ChipError(
    'ADC4001',
    `None of ${names.join(', ')} is installed; one of them is needed to ${candidates[target][others.length].purpose}`,
    {
      hint: `Install one: ${candidates[target].map(({ id, installHint }) => `${id}: ${installHint}`).join('; ')}`,
    },
  );
}
