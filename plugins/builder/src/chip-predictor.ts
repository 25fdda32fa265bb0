import {
  bundleReader,
  ChipError,
  requireSoundPrediction,
  type BuiltChip,
  type ChipPredictor,
  type Definitions,
  type ExplainResponse,
  type Explained,
  type Hooks,
  type Log,
  type NetworkExecutor,
  type Platform,
  type PredictBundleRequest,
  type PredictedDesign,
  type PredictNetworkRequest,
  type Prediction,
  type PredictResponse,
  type TemplateDefinition,
} from '@autodnnchip/core';

import {
  chooseDesign,
  requestedTemplates,
  type ChoiceServices,
  type ChosenDesign,
  type DesignRequest,
} from './choose-design.js';
import { explainChanges } from './explain-changes.js';
import { placeOperators, withHostOperators } from './host-placement.js';
import { brokenLimits } from './limits.js';

/**
 * The design that `build` would choose. Where none fits the platform: the settings as the first template completes
 * them, so that the prediction can show by how much they do not.
 */
async function designToShow(
  templates: readonly TemplateDefinition[],
  request: DesignRequest,
  services: ChoiceServices,
): Promise<Pick<ChosenDesign, 'template' | 'chip' | 'host' | 'design'>> {
  const { network, platform, settings, hostFallback } = request;
  try {
    return await chooseDesign(templates, request, services);
  } catch (error) {
    if (!(error instanceof ChipError) || error.code !== 'ADC3002') throw error;
    services.log.warn(`${error.message} What is shown is a chip that cannot be built.`);
    const [template] = templates;
    const { chip, host } = placeOperators(
      network,
      { template, platform, settings },
      services.hooks,
      services.executor,
      hostFallback,
    );
    return {
      template,
      chip,
      host,
      design: template.map(chip, template.configure(settings, chip, platform), platform, host),
    };
  }
}

/** Predicts networks on the chip that `build` would choose, and bundles as they were built. */
export function createChipPredictor(
  definitions: Definitions,
  hooks: Hooks,
  executor: NetworkExecutor,
  log: Log,
): ChipPredictor {
  async function shown(response: PredictResponse, request: PredictedDesign): Promise<PredictResponse> {
    const { prediction } = await hooks.predict.promise(request);
    return {
      ...response,
      prediction: requireSoundPrediction(prediction, request.network.name, request.template),
      brokenLimits: brokenLimits(prediction, request.platform),
    };
  }

  /**
   * Predicts a network; `explain` gives the same with where each number comes from, worked out only when it is asked
   * for.
   */
  async function network({
    network,
    platform,
    mode,
    settings,
    template: templateId,
    hostFallback,
    withGraph,
    objective = 'latency',
    signal,
  }: PredictNetworkRequest): Promise<PredictResponse & { explain(): Explained<Prediction> | undefined }> {
    const { template, chip, host, design } = await designToShow(
      requestedTemplates(definitions, templateId),
      { network, platform, objective, settings, hostFallback, ...(signal === undefined ? {} : { signal }) },
      { hooks, executor, log },
    );
    const { configuration } = design;
    const predicted =
      mode === 'coarse' ? template.predictCoarse(chip, configuration, platform) : template.predictFine(design);
    const hostOperators = host?.operators ?? [];
    const prediction = withHostOperators(predicted, hostOperators);
    const graph = mode === 'coarse' || withGraph !== true ? {} : { graph: template.graph(design) };
    const response = {
      prediction,
      hostOperators,
      template: template.id,
      configuration,
      network: network.name,
      ...graph,
    };
    return {
      ...(await shown(response, { prediction, network, platform, template: template.id, configuration })),
      explain: () =>
        mode === 'coarse' ? template.explainCoarse?.(chip, configuration, platform) : template.explainFine?.(design),
    };
  }

  async function open({ bundle, platform }: PredictBundleRequest): Promise<{
    readonly chip: BuiltChip;
    readonly template: TemplateDefinition;
    readonly platform: Platform;
  }> {
    const template = definitions.templates.get(bundle.manifest.template);
    return {
      chip: await template.open(bundleReader(bundle)),
      template,
      platform: platform ?? definitions.platforms.get(bundle.manifest.platform),
    };
  }

  function ofBundle(
    { bundle, mode, withGraph }: PredictBundleRequest,
    { chip, template, platform }: Awaited<ReturnType<typeof open>>,
  ): PredictResponse {
    const hostOperators = chip.host?.operators ?? [];
    const prediction = requireSoundPrediction(
      withHostOperators(chip.predict(platform, mode), hostOperators),
      bundle.manifest.network.name,
      template.id,
    );
    return {
      prediction,
      brokenLimits: brokenLimits(prediction, platform),
      hostOperators,
      template: template.id,
      configuration: bundle.manifest.configuration,
      network: bundle.manifest.network.name,
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
    predictBundle: async request => ofBundle(request, await open(request)),
    async explainBundle(request) {
      const opened = await open(request);
      return withExplanation(ofBundle(request, opened), opened.chip.explain?.(opened.platform, request.mode));
    },
  };
}

function withExplanation(response: PredictResponse, explained: Explained<Prediction> | undefined): ExplainResponse {
  return explained === undefined
    ? response
    : { ...response, explained: explainChanges(response.prediction, explained) };
}
