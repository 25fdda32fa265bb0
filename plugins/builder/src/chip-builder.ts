import type { ChipBuilder, Definitions, Hooks, Log, TemplateDefinition } from '@autodnnchip/core';

import { requireOnChip } from './host-placement.js';
import { searchDesign } from './search.js';

/** The template that a request names, or the first that there is. */
export function chooseTemplate(definitions: Definitions, id: string | undefined): TemplateDefinition {
  return id === undefined && definitions.templates.list().length > 0 ? definitions.templates.list()[0] : definitions.templates.get(id ?? 'accel-shared');
}

/** Searches over one template's configurations; coarse mode first, fine mode on the best. */
export function createChipBuilder(definitions: Definitions, hooks: Hooks, log: Log): ChipBuilder {
  return {
    async build(request) {
      const template = chooseTemplate(definitions, request.template);
      if (!request.hostFallback) requireOnChip(request.network, template, hooks);
      log.info(`searching ${template.title} for ${request.network.name} on ${request.platform.title}`);
      const { design, prediction, candidates, refined } = await searchDesign(template, request, hooks, log);
      const shown = await hooks.predict.promise({
        prediction, network: request.network, platform: request.platform, template: template.id, configuration: design.configuration,
      });
      const emitted = await hooks.emitRtl.promise({ design, files: template.emit(design, shown.prediction) });
      return { design, prediction: shown.prediction, search: { candidates, refined }, files: emitted.files };
    },
  };
}
