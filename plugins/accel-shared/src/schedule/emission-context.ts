import type { AccelSharedConfiguration } from '../configuration.js';
import type { LoweredNetwork } from '../lowering/index.js';
import { BufferRing } from './buffer-slots.js';
import type { ProgramBuilder } from './program-builder.js';

/** What emitting a layer needs, the same for all layers. */
export interface EmissionContext {
  readonly configuration: AccelSharedConfiguration;
  readonly lowered: LoweredNetwork;
  readonly builder: ProgramBuilder;
  readonly rings: BufferRings;
  /** Address of each tensor. */
  readonly tensorAddresses: readonly number[];
  readonly channelBlock: number;
}

export interface BufferRings {
  readonly activation: BufferRing;
  readonly weight: BufferRing;
  readonly convParameter: BufferRing;
  readonly convOutput: BufferRing;
  readonly laneInput: BufferRing;
  readonly laneWeight: BufferRing;
  readonly laneParameter: BufferRing;
  readonly laneTable: BufferRing;
  readonly laneOutput: BufferRing;
}

/** Rows of a slot of the lane table. */
export const laneTableRows = 256;

export function createBufferRings(configuration: AccelSharedConfiguration): BufferRings {
  return {
    activation: new BufferRing(configuration.activationDepth),
    weight: new BufferRing(configuration.weightDepth),
    convParameter: new BufferRing(configuration.convParameterDepth),
    convOutput: new BufferRing(configuration.convOutputDepth),
    laneInput: new BufferRing(configuration.laneInputDepth),
    laneWeight: new BufferRing(configuration.laneWeightDepth),
    laneParameter: new BufferRing(configuration.laneParameterDepth),
    laneTable: new BufferRing(2 * laneTableRows),
    laneOutput: new BufferRing(configuration.laneOutputDepth),
  };
}
