import {
  bundleReader,
  ChipError,
  type ChipSynthesizer,
  type Definitions,
  type Hooks,
  type ResourceEstimate,
  type SynthesisTarget,
  type SynthesizeRequest,
  type ToolRunner,
} from '@autodnnchip/core';
import { synthesizeBundle, toResourceEstimate } from './synthesize-bundle.js';
import type { YosysChoice } from './yosys-tool.js';

export interface YosysLimits {
  /** The installed Yosys where it works, else the embedded one, when absent. */
  readonly tool?: YosysChoice;
  /** 1800 when absent. */
  readonly timeLimitSeconds?: number;
}

/** The synthesis service: taps of the hook `synthesize` are asked first, Yosys serves what none of them takes. */
export function createChipSynthesizer(
  definitions: Definitions,
  hooks: Hooks,
  runner: ToolRunner,
  limits: YosysLimits = {},
): ChipSynthesizer {
  return {
    async synthesize(request) {
      const target = request.target ?? familyOf(request, definitions);
      const predicted = await predictedResources(request, target, definitions);
      const answer = await hooks.synthesize.promise({ ...request, target });
      if (answer !== undefined) return predicted === undefined ? answer : { predicted, ...answer };
      const result = await synthesizeBundle({ ...limits, ...request, target }, runner);
      return {
        target,
        tool: result.tool,
        version: result.version,
        cells: result.cells,
        wallSeconds: result.wallSeconds,
        resources: toResourceEstimate(result),
        ...(predicted === undefined ? {} : { predicted }),
      };
    },
  };
}

function familyOf({ bundle }: SynthesizeRequest, definitions: Definitions): SynthesisTarget {
  const platform = definitions.platforms.find(bundle.manifest.platform);
  if (platform !== undefined) return platform.family;
  throw new ChipError(
    'ADC4012',
    `The chip in ${bundle.directory} is for the platform ${bundle.manifest.platform}, which no plugin defines`,
    {
      hint: 'Name a target, or load the plugin of the platform.',
    },
  );
}

/**
 * What `build` predicted: the bundle's own chip, its layers' records included; none for another family than its
 * platform's.
 */
async function predictedResources(
  { bundle }: SynthesizeRequest,
  target: SynthesisTarget,
  definitions: Definitions,
): Promise<ResourceEstimate | undefined> {
  const platform = definitions.platforms.find(bundle.manifest.platform);
  const template = definitions.templates.find(bundle.manifest.template);
  if (platform?.family !== target || template === undefined) return undefined;
  return (await template.open(bundleReader(bundle))).predict(platform, 'fine').resources;
}
