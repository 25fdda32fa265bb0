import {
  bundleReader,
  type ChipPredictor, type Definitions, type Hooks, type NetworkExecutor, type Prediction, type PredictResponse,
} from '@autodnnchip/core';

import { chooseTemplate } from './chip-builder.js';
import { placeOperators, withHostOperators } from './host-placement.js';

/** Predicts networks in the configuration that the template completes, and bundles as they were built. */
export function createChipPredictor(definitions: Definitions, hooks: Hooks, executor: NetworkExecutor): ChipPredictor {
  async function shown(response: PredictResponse & { prediction: Prediction }, request: Parameters<typeof hooks.predict.promise>[0]): Promise<PredictResponse> {
    const { prediction } = await hooks.predict.promise(request);
    return { ...response, prediction };
  }
  return {
    async predictNetwork({ network, platform, mode, settings, template: templateId, hostFallback, withGraph }) {
      const template = chooseTemplate(definitions, templateId);
      const { chip, host } = placeOperators(network, template, hooks, executor, hostFallback);
      const configuration = template.configure(settings, chip, platform);
      const design = mode === 'coarse' ? undefined : template.map(chip, configuration, platform, host);
      const predicted = design === undefined ? template.predictCoarse(chip, configuration, platform) : template.predictFine(design);
      const hostOperators = host?.operators ?? [];
      const prediction = withHostOperators(predicted, hostOperators);
      const graph = design === undefined || withGraph !== true ? {} : { graph: template.graph(design) };
      const response = { prediction, hostOperators, template: template.id, configuration, network: network.name, ...graph };
      return shown(response, { prediction, network, platform, template: template.id, configuration });
    },
    async predictBundle({ bundle, platform: otherPlatform, mode, withGraph }) {
      const template = definitions.templates.get(bundle.manifest.template);
      const chip = await template.open(bundleReader(bundle));
      const hostOperators = chip.host?.operators ?? [];
      const platform = otherPlatform ?? definitions.platforms.get(bundle.manifest.platform);
      const prediction = withHostOperators(chip.predict(platform, mode), hostOperators);
      return {
        prediction, hostOperators, template: template.id, configuration: bundle.manifest.configuration, network: bundle.manifest.network.name,
        ...(withGraph === true ? { graph: chip.graph(platform) } : {}),
      };
    },
  };
}
