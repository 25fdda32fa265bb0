import {
  ChipError,
  type Definitions,
  type Hooks,
  type HostParts,
  type Log,
  type Network,
  type NetworkExecutor,
  type TemplateDefinition,
} from '@autodnnchip/core';

import { placeOperators } from './host-placement.js';
import { objectiveValue } from './objective.js';
import { searchDesign, type SearchOutcome, type SearchRequest } from './search.js';

/** What choosing asks of the framework. */
export interface ChoiceServices {
  readonly hooks: Hooks;
  readonly executor: NetworkExecutor;
  readonly log: Log;
}

export interface DesignRequest extends SearchRequest {
  readonly hostFallback: boolean;
}

/** A design with its template, the part of the network that the chip computes, and what the host runs. */
export interface ChosenDesign extends SearchOutcome {
  readonly template: TemplateDefinition;
  readonly chip: Network;
  readonly host: HostParts | undefined;
}

/** The template that is asked for, or all that there are. Throws ADC2008. */
export function requestedTemplates(
  { templates }: Pick<Definitions, 'templates'>,
  id: string | undefined,
): readonly TemplateDefinition[] {
  const all = templates.list();
  return id === undefined && all.length > 0 ? all : [templates.get(id ?? 'accel-shared')];
}

/**
 * The best design over templates by the objective, the first of equal ones. A template that has none for the network is
 * passed over; where none has one, the first template's error is thrown.
 */
export async function chooseDesign(
  templates: readonly TemplateDefinition[],
  request: DesignRequest,
  { hooks, executor, log }: ChoiceServices,
): Promise<ChosenDesign> {
  const { network, platform, settings, hostFallback, objective } = request;
  let best: ChosenDesign | undefined;
  let refusal: ChipError | undefined;
  for (const template of templates) {
    try {
      const { chip, host } = placeOperators(network, { template, platform, settings }, hooks, executor, hostFallback);
      if (host !== undefined && host.operators.length > 0)
        log.info(`${host.operators.length} of ${network.operators.length} operators stay on the host`);
      log.info(`searching ${template.title} for ${network.name} on ${platform.title}`);
      const outcome = await searchDesign(template, { ...request, network: chip }, host, hooks, log);
      if (
        best === undefined ||
        objectiveValue(outcome.prediction, objective) < objectiveValue(best.prediction, objective)
      )
        best = { ...outcome, template, chip, host };
    } catch (error) {
      if (!(error instanceof ChipError) || error.exitCode !== 1) throw error;
      if (templates.length > 1) log.info(`${template.title}: ${error.message}`);
      refusal ??= error;
    }
  }
  if (best === undefined) throw refusal ?? new ChipError('ADC9001', 'No template was searched.');
  return best;
}
