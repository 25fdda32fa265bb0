import type { ResourceEstimate } from '../prediction/index.js';
import type { Bundle } from './bundle.js';
import { serviceToken } from './service-token.js';

export const synthesisTargets = ['xcup', 'ecp5', 'ice40', 'asic'] as const;
export type SynthesisTarget = (typeof synthesisTargets)[number];

export interface SynthesizeRequest {
  readonly bundle: Bundle;
  /** The family of the bundle's platform when absent. */
  readonly target?: SynthesisTarget;
  /** Liberty file for `asic`. */
  readonly libertyPath?: string;
  readonly signal?: AbortSignal;
}

export interface SynthesizeResponse {
  readonly target: SynthesisTarget;
  readonly tool: string;
  readonly version: string;
  readonly resources: ResourceEstimate;
  /** What was predicted for the same design; absent for another target than the bundle's own. */
  readonly predicted?: ResourceEstimate;
  /** Cells by type, as the tool counted them. */
  readonly cells: Readonly<Record<string, number>>;
  readonly wallSeconds: number;
}

/** Turns a bundle's RTL into cells of a family and counts them. */
export interface ChipSynthesizer {
  synthesize(request: SynthesizeRequest): Promise<SynthesizeResponse>;
}
export const ChipSynthesizer = serviceToken<ChipSynthesizer>('ChipSynthesizer');
