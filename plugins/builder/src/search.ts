import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  brokenResourceLimits,
  ChipError,
  excessOf,
  type BrokenLimit,
  type BuildRequest,
  type BuildResponse,
  type Configuration,
  type Design,
  type Exploration,
  type Hooks,
  type HostParts,
  type Log,
  type Prediction,
  type TemplateDefinition,
} from '@autodnnchip/core';

import { brokenLimits, limitText } from './limits.js';
import { objectiveValue } from './objective.js';

/** Candidates that the coarse mode leaves to the fine mode. */
const refinedCandidates = 12;
/**
 * The coarse value is a bound, and the fine one lies above it by a factor that is much the same for chips of one
 * network. After this many, candidates are no longer refined whose coarse value times the least factor seen, less a
 * tenth, is no better than the best fine value.
 */
const refinedForFactor = 4;
const factorMargin = 0.9;
/** Candidates of the same coarse value that are refined. */
const lookalikes = 2;
/** The search lets other work of the process run this often. */
const turnMilliseconds = 50;

export interface SearchOutcome {
  readonly design: Design;
  readonly prediction: Prediction;
  readonly candidates: number;
  readonly refined: number;
  readonly leftOut: BuildResponse['search']['leftOut'];
}

/** What the choice depends on: `build` and `predict` ask the same and get the same. */
export type SearchRequest = Pick<BuildRequest, 'network' | 'platform' | 'objective' | 'settings' | 'signal'>;

interface Ranked {
  readonly configuration: Configuration;
  readonly value: number;
}

/**
 * Enumerates a template's configurations, ranks those that fit by the coarse mode and refines the best by the fine
 * mode. The request's network is what the chip computes; `host` is what runs around it.
 */
export async function searchDesign(
  template: TemplateDefinition,
  request: SearchRequest,
  host: HostParts | undefined,
  hooks: Hooks,
  log: Log,
): Promise<SearchOutcome> {
  const { network, platform, objective, settings, signal } = request;
  const filters: {
    readonly name: string;
    readonly accepts: (configuration: Configuration) => boolean;
    count: number;
  }[] = [];
  const exploration: Exploration = {
    network,
    platform,
    template,
    keepOnly: (name, accepts) => {
      filters.push({ name, accepts, count: 0 });
    },
  };
  hooks.explore.call(exploration);

  const ranked: Ranked[] = [];
  let candidates = 0;
  let closest: BrokenLimit | undefined;
  let turn = performance.now();
  for (const candidate of candidateConfigurations(template, request)) {
    if (performance.now() - turn > turnMilliseconds) {
      await nextTurn();
      throwIfInterrupted(signal);
      log.progress('ranking designs', candidates);
      turn = performance.now();
    }
    const broken = brokenResourceLimits(template.resources(candidate, platform), platform);
    if (broken.length > 0) {
      if (closest === undefined || excessOf(broken[0]) < excessOf(closest)) closest = broken[0];
      continue;
    }
    const against = filters.find(({ accepts }) => !accepts(candidate));
    if (against !== undefined) {
      against.count++;
      continue;
    }
    candidates++;
    ranked.push({
      configuration: candidate,
      value:
        objective === 'latency' && template.coarseLatencySeconds !== undefined
          ? template.coarseLatencySeconds(network, candidate, platform)
          : objectiveValue(template.predictCoarse(network, candidate, platform), objective),
    });
  }
  const leftOut = filters.map(({ name, count }) => ({ name, candidates: count }));
  if (ranked.length === 0) {
    const filtered = leftOut.filter(({ candidates: count }) => count > 0);
    if (filtered.length > 0)
      throw new ChipError(
        'ADC3002',
        `No configuration of ${template.title} is left: ${filtered.map(({ name, candidates: count }) => `${name} leaves out ${count}`).join(', ')}.`,
        {
          location: { file: network.source },
          hint: 'Leave out the plugin whose filter it is, or choose another platform.',
        },
      );
    const given = Object.entries(settings)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ');
    throw new ChipError(
      'ADC3002',
      `No configuration of ${template.title}${given === '' ? '' : ` with ${given}`} fits ${platform.title}${closest === undefined ? '' : `: the one that comes closest ${limitText(closest, platform)}`}.`,
      {
        location: { file: network.source },
        hint:
          given === ''
            ? 'Choose a larger platform.'
            : 'Give smaller values with --set, or fewer of them, or choose a larger platform.',
      },
    );
  }

  ranked.sort((a, b) => a.value - b.value);
  const promising = withoutLookalikes(ranked);
  let best: { design: Design; prediction: Prediction; value: number } | undefined;
  let refined = 0;
  let refusal: ChipError | undefined;
  let leastFactor = Infinity;
  for (const { configuration, value: coarse } of promising) {
    if (refined === refinedCandidates) break;
    if (refined >= refinedForFactor && best !== undefined && coarse * leastFactor * factorMargin >= best.value) break;
    await nextTurn();
    throwIfInterrupted(signal);
    try {
      const design = template.map(network, configuration, platform, host);
      const prediction = template.predictFine(design);
      // The network's own layers count here: its records may take more memory than the ranking assumed.
      const broken = brokenLimits(prediction, platform);
      if (broken.length > 0) {
        refusal ??= new ChipError(
          'ADC3002',
          `No refined configuration of ${template.title} keeps to the limits of ${platform.title}: the first ${broken.map(limit => limitText(limit, platform)).join('; ')}.`,
          {
            location: { file: network.source },
            hint: 'Choose fewer multipliers (--set channelBlock=..., outputParallelism=...) or another platform.',
          },
        );
        continue;
      }
      const value = objectiveValue(prediction, objective);
      refined++;
      if (coarse > 0) leastFactor = Math.min(leastFactor, value / coarse);
      log.progress('refining designs', refined, Math.min(refinedCandidates, promising.length));
      if (best === undefined || value < best.value) best = { design, prediction, value };
    } catch (error) {
      // A layer may not fit the buffers of a candidate that the coarse mode liked: the next one gets its chance.
      if (!(error instanceof ChipError) || error.exitCode !== 1) throw error;
      refusal ??= error;
    }
  }
  if (best === undefined) throw refusal ?? new ChipError('ADC9001', 'The search refined nothing.');
  return { design: best.design, prediction: best.prediction, candidates, refined, leftOut };
}

/**
 * Candidates that the coarse mode cannot tell apart differ in buffers only: the first of them, and the next if that one
 * does not do.
 */
function withoutLookalikes(ranked: readonly Ranked[]): Ranked[] {
  const kept: Ranked[] = [];
  for (const candidate of ranked) {
    if (kept.at(-lookalikes)?.value !== candidate.value) kept.push(candidate);
  }
  return kept;
}

/**
 * All candidates with the user's settings put in; each once. Candidates that do not go with the settings are left out;
 * where none goes with them, the settings are at fault.
 */
function* candidateConfigurations(template: TemplateDefinition, request: SearchRequest): Generator<Configuration> {
  const { network, platform, settings } = request;
  if (Object.keys(settings).length === 0) return yield* template.enumerate(network, platform);
  const seen = new Set<string>();
  let refusal: ChipError | undefined;
  for (const enumerated of template.enumerate(network, platform)) {
    let configuration: Configuration;
    try {
      configuration = template.configure({ ...enumerated, ...settings }, network, platform);
    } catch (error) {
      if (!(error instanceof ChipError) || error.code !== 'ADC3003') throw error;
      // What is wrong with a parameter that the user gave says more than what it does to another one.
      if (refusal === undefined || (isAbout(error, settings) && !isAbout(refusal, settings))) refusal = error;
      continue;
    }
    const key = JSON.stringify(configuration);
    if (seen.has(key)) continue;
    seen.add(key);
    yield configuration;
  }
  if (seen.size === 0 && refusal !== undefined) throw refusal;
}

function isAbout(refusal: unknown, settings: Configuration): boolean {
  return refusal instanceof ChipError && refusal.location?.node !== undefined && refusal.location.node in settings;
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new ChipError('ADC6002', 'The search was interrupted.', {
      hint: 'Nothing was written; run the command again.',
    });
}
