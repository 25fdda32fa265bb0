import type { EngineDefinition } from '@autodnnchip/core/engine';
import { convAdderTreeDefinition, type ConvEngineValues } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineDefinition, type LaneEngineValues } from '@autodnnchip/ip-lane-engine';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';

/** Engines of the chips that tests and benchmarks are about. */
export const chipEngines: readonly EngineDefinition[] = [convAdderTreeDefinition, laneEngineDefinition];

/** A chip with these engines; with others it has what is theirs, too. */
export type ChipOfTests = AccelSharedConfiguration & ConvEngineValues & LaneEngineValues;

/** The numbers of such a chip, as files hold them. */
export type ChipNumbers = Omit<ChipOfTests, 'engines'>;

export function withEngines(numbers: ChipNumbers): ChipOfTests {
  return { ...numbers, engines: chipEngines };
}
