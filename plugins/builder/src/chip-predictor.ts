import {
  bundleReader,
  type ChipPredictor, type Definitions, type Hooks, type Prediction, type PredictResponse,
} from '@autodnnchip/core';

import { chooseTemplate } from './chip-builder.js';
import { operatorsOffChip, requireOnChip } from './host-placement.js';

/** Predicts networks in the configuration that the template completes, and bundles as they were built. */
export function createChipPredictor(definitions: Definitions, hooks: Hooks): ChipPredictor {
  async function shown(response: PredictResponse & { prediction: Prediction }, request: Parameters<typeof hooks.predict.promise>[0]): Promise<PredictResponse> {
    const { prediction } = await hooks.predict.promise(request);
    return { ...response, prediction };
  }
  return {
    async predictNetwork({ network, platform, mode, settings, template: templateId, hostFallback }) {
      const template = chooseTemplate(definitions, templateId);
      if (!hostFallback) requireOnChip(network, template, hooks);
      const configuration = template.configure(settings, network, platform);
      const predicted = mode === 'coarse'
        ? template.predictCoarse(network, configuration, platform)
        : template.predictFine(template.map(network, configuration, platform, hostFallback));
      const known = new Set(predicted.notCosted.map((operator) => operator.name));
      const offChip = operatorsOffChip(network, template, hooks).filter((operator) => !known.has(operator.name));
      const prediction = { ...predicted, notCosted: [...predicted.notCosted, ...offChip] };
      const response = { prediction, template: template.id, configuration, network: network.name };
      return shown(response, { prediction, network, platform, template: template.id, configuration });
    },
    async predictBundle({ bundle, platform, mode }) {
      const template = definitions.templates.get(bundle.manifest.template);
      const chip = await template.open(bundleReader(bundle));
      const prediction = chip.predict(platform ?? definitions.platforms.get(bundle.manifest.platform), mode);
      return { prediction, template: template.id, configuration: bundle.manifest.configuration, network: bundle.manifest.network.name };
    },
  };
}
