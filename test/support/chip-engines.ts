import type { EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTreeDefinition } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineDefinition } from '@autodnnchip/ip-lane-engine';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';

/** Engines of the chips that tests and benchmarks are about. */
export const chipEngines: readonly EngineDefinition[] = [convAdderTreeDefinition, laneEngineDefinition];

/** The numbers of such a chip, as files hold them. */
export type ChipNumbers = Omit<AccelSharedConfiguration, 'engines'>;

export function withEngines(numbers: ChipNumbers): AccelSharedConfiguration {
  return { ...numbers, engines: chipEngines };
}
