import {
  requireSoundPrediction,
  type ChipBuilder,
  type Definitions,
  type Hooks,
  type Log,
  type NetworkExecutor,
} from '@autodnnchip/core';

import { chooseDesign, requestedTemplates } from './choose-design.js';
import { withHostOperators } from './host-placement.js';

/** Searches over the configurations of every template that is asked for; coarse mode first, fine mode on the best. */
export function createChipBuilder(
  definitions: Definitions,
  hooks: Hooks,
  log: Log,
  executor: NetworkExecutor,
): ChipBuilder {
  return {
    async build(request) {
      const templates = requestedTemplates(definitions, request.template);
      const { template, host, design, prediction, candidates, refined, leftOut } = await chooseDesign(
        templates,
        request,
        { hooks, executor, log },
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
      return { design, prediction: shown.prediction, search: { candidates, refined, leftOut }, files: emitted.files };
    },
  };
}
