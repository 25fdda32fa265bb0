import type { BundleFile, Design, Platform } from '../chip/index.js';
import type { Network } from '../network/index.js';
import type { Prediction } from '../prediction/index.js';
import { serviceToken } from './service-token.js';

/** What the search makes small: time per inference, energy per inference, or their product. */
export const objectives = ['latency', 'energy', 'edp'] as const;
export type Objective = (typeof objectives)[number];

export interface BuildRequest {
  readonly network: Network;
  readonly platform: Platform;
  readonly objective: Objective;
  /** Values of template parameters that the user fixed with `--set`. */
  readonly settings: Readonly<Record<string, number>>;
  /** Absent: all templates that there are. */
  readonly template?: string;
  readonly hostFallback: boolean;
  /** Ends the search with the error `ADC6002`. */
  readonly signal?: AbortSignal;
}

export interface BuildResponse {
  readonly design: Design;
  /** Fine mode; its `notCosted` has the host's operators too. */
  readonly prediction: Prediction;
  readonly search: {
    /** Configurations that were ranked by the coarse mode. */
    readonly candidates: number;
    /** Of these, the ones that were predicted in fine mode. */
    readonly refined: number;
    /** By filter of the hook `explore`: configurations that it left out. */
    readonly leftOut: readonly { readonly name: string; readonly candidates: number }[];
  };
  /** The bundle's files, `manifest.json` among them; nothing is written yet. */
  readonly files: readonly BundleFile[];
}

/**
 * Searches for the best design of a network on a platform and emits it. It gives way to other work of the process
 * several times a second, so that it can be interrupted.
 */
export interface ChipBuilder {
  build(request: BuildRequest): Promise<BuildResponse>;
}
export const ChipBuilder = serviceToken<ChipBuilder>('ChipBuilder');
