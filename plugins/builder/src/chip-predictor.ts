import {
  bundleReader,
  type BuiltChip, type ChipPredictor, type Definitions, type ExplainResponse, type Explained, type Hooks, type NetworkExecutor, type Platform,
  type PredictBundleRequest, type PredictedDesign, type PredictNetworkRequest, type Prediction, type PredictResponse, type TemplateDefinition,
} from '@autodnnchip/core';

import { chooseTemplate } from './chip-builder.js';
import { explainChanges } from './explain-changes.js';
import { placeOperators, withHostOperators } from './host-placement.js';

/** Predicts networks in the configuration that the template completes, and bundles as they were built. */
export function createChipPredictor(definitions: Definitions, hooks: Hooks, executor: NetworkExecutor): ChipPredictor {
  async function shown(response: PredictResponse, request: PredictedDesign): Promise<PredictResponse> {
    const { prediction } = await hooks.predict.promise(request);
    return { ...response, prediction };
  }

  /** Predicts a network; `explain` gives the same with where each number comes from, worked out only when it is asked for. */
  async function network({ network, platform, mode, settings, template: templateId, hostFallback, withGraph }: PredictNetworkRequest): Promise<PredictResponse & { explain(): Explained<Prediction> | undefined }> {
    const template = chooseTemplate(definitions, templateId);
    const { chip, host } = placeOperators(network, template, hooks, executor, hostFallback);
    const configuration = template.configure(settings, chip, platform);
    const design = mode === 'coarse' ? undefined : template.map(chip, configuration, platform, host);
    const predicted = design === undefined ? template.predictCoarse(chip, configuration, platform) : template.predictFine(design);
    const hostOperators = host?.operators ?? [];
    const prediction = withHostOperators(predicted, hostOperators);
    const graph = design === undefined || withGraph !== true ? {} : { graph: template.graph(design) };
    const response = { prediction, hostOperators, template: template.id, configuration, network: network.name, ...graph };
    return {
      ...await shown(response, { prediction, network, platform, template: template.id, configuration }),
      explain: () => (design === undefined ? template.explainCoarse?.(chip, configuration, platform) : template.explainFine?.(design)),
    };
  }

  async function open({ bundle, platform }: PredictBundleRequest): Promise<{ readonly chip: BuiltChip; readonly template: TemplateDefinition; readonly platform: Platform }> {
    const template = definitions.templates.get(bundle.manifest.template);
    return { chip: await template.open(bundleReader(bundle)), template, platform: platform ?? definitions.platforms.get(bundle.manifest.platform) };
  }

  function ofBundle({ bundle, mode, withGraph }: PredictBundleRequest, { chip, template, platform }: Awaited<ReturnType<typeof open>>): PredictResponse {
    const hostOperators = chip.host?.operators ?? [];
    const prediction = withHostOperators(chip.predict(platform, mode), hostOperators);
    return {
      prediction, hostOperators, template: template.id, configuration: bundle.manifest.configuration, network: bundle.manifest.network.name,
      ...(withGraph === true ? { graph: chip.graph(platform) } : {}),
    };
  }

  return {
    async predictNetwork(request) {
      const { explain: _, ...response } = await network(request);
      return response;
    },
    async explainNetwork(request) {
      const { explain, ...response } = await network(request);
      return withExplanation(response, explain());
    },
    predictBundle: async (request) => ofBundle(request, await open(request)),
    async explainBundle(request) {
      const opened = await open(request);
      return withExplanation(ofBundle(request, opened), opened.chip.explain?.(opened.platform, request.mode));
    },
  };
}

function withExplanation(response: PredictResponse, explained: Explained<Prediction> | undefined): ExplainResponse {
  return explained === undefined ? response : { ...response, explained: explainChanges(response.prediction, explained) };
}
