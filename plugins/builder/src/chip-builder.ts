import {
  requireSoundPrediction,
  type ChipBuilder,
  type Definitions,
  type Hooks,
  type Log,
  type NetworkExecutor,
  type TemplateDefinition,
} from '@autodnnchip/core';

import { placeOperators, withHostOperators } from './host-placement.js';
import { searchDesign } from './search.js';

/** The template that a request names, or the first that there is. */
export function chooseTemplate(definitions: Definitions, id: string | undefined): TemplateDefinition {
  return id === undefined && definitions.templates.list().length > 0
    ? definitions.templates.list()[0]
    : definitions.templates.get(id ?? 'accel-shared');
}

/** Searches over one template's configurations; coarse mode first, fine mode on the best. */
export function createChipBuilder(
  definitions: Definitions,
  hooks: Hooks,
  log: Log,
  executor: NetworkExecutor,
): ChipBuilder {
  return {
    async build(request) {
      const template = chooseTemplate(definitions, request.template);
      const { chip, host } = placeOperators(
        request.network,
        { template, platform: request.platform, settings: request.settings },
        hooks,
        executor,
        request.hostFallback,
      );
      if (host !== undefined && host.operators.length > 0)
        log.info(`${host.operators.length} of ${request.network.operators.length} operators stay on the host`);
      log.info(`searching ${template.title} for ${request.network.name} on ${request.platform.title}`);
      const { design, prediction, candidates, refined } = await searchDesign(
        template,
        { ...request, network: chip },
        host,
        hooks,
        log,
      );
      const shown = await hooks.predict.promise({
        prediction: withHostOperators(prediction, host?.operators ?? []),
        network: request.network,
        platform: request.platform,
        template: template.id,
        configuration: design.configuration,
      });
      requireSoundPrediction(shown.prediction, request.network.name, template.id);
      const emitted = await hooks.emitRtl.promise({ design, files: template.emit(design, shown.prediction) });
      return { design, prediction: shown.prediction, search: { candidates, refined }, files: emitted.files };
    },
  };
}
