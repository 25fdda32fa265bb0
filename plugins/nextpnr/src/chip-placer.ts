import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ChipError,
  placeableTargets,
  type ChipPlacer,
  type Definitions,
  type NetlistWriter,
  type PlaceableTarget,
  type PlacedSeed,
  type PlaceRequest,
  type PlaceResponse,
  type ToolRunner,
} from '@autodnnchip/core';
import { findNextpnr, placementDevices } from './nextpnr-tool.js';
import { placementFolder, placeNetlist, type PlacedNetlist } from './place-netlist.js';
import { placementShell } from './shell.js';

export interface NextpnrLimits {
  /** For one seed; 3600 when absent. */
  readonly timeLimitSeconds?: number;
}

/** The place-and-route service: one netlist, placed with seeds 1, 2, … */
export function createChipPlacer(
  definitions: Definitions,
  netlists: NetlistWriter,
  runner: ToolRunner,
  limits: NextpnrLimits = {},
): ChipPlacer {
  return {
    async place(request) {
      const target = request.target ?? familyOf(request, definitions);
      const tool = await findNextpnr(target, runner);
      const signal = request.signal === undefined ? {} : { signal: request.signal };
      const folder = await placementFolder();
      try {
        const netlistPath = join(folder, 'netlist.json');
        const { top } = request.bundle.manifest;
        const synthesis = await netlists.write({
          bundle: request.bundle,
          target,
          outputPath: netlistPath,
          shell: ports => placementShell(String(top), ports),
          ...signal,
        });
        const placed: PlacedNetlist[] = [];
        for (let seed = 1; seed <= request.seeds; seed++) {
          placed.push(await placeNetlist({ ...limits, netlistPath, target, seed, ...signal }, tool, runner));
        }
        return response(target, synthesis, placed);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function response(
  target: PlaceableTarget,
  synthesis: PlaceResponse['synthesis'],
  placed: readonly PlacedNetlist[],
): PlaceResponse {
  const seeds = placed.map(({ fmaxMegahertz, criticalPath, wallSeconds }, index): PlacedSeed => ({
    seed: index + 1,
    fmaxMegahertz,
    criticalPath,
    wallSeconds,
  }));
  const { tool, version, utilization } = placed[0];
  return {
    target,
    device: placementDevices[target].title,
    tool,
    version,
    synthesis: { tool: synthesis.tool, version: synthesis.version },
    fmaxMegahertz: fmaxSummary(seeds.map(({ fmaxMegahertz }) => fmaxMegahertz)),
    seeds,
    utilization,
  };
}

/** Median, least and most of what the seeds gave. */
export function fmaxSummary(values: readonly number[]): PlaceResponse['fmaxMegahertz'] {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    minimum: sorted[0],
    maximum: sorted[sorted.length - 1],
  };
}

function familyOf({ bundle }: PlaceRequest, definitions: Definitions): PlaceableTarget {
  const family = definitions.platforms.find(bundle.manifest.platform)?.family;
  const target = placeableTargets.find(candidate => candidate === family);
  if (target !== undefined) return target;
  throw new ChipError(
    'ADC4012',
    `There is no place and route for ${family === undefined ? `the platform ${bundle.manifest.platform}, which no plugin defines` : `the family ${family}`}`,
    {
      hint: `Give --target ${placeableTargets.join(' or --target ')}. No open tool places on other families; for them Fmax is not known.`,
    },
  );
}
