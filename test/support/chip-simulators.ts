import type { SimulationTool } from '@autodnnchip/core';
import type { AccelSharedConfiguration } from '@autodnnchip/plugin-accel-shared';
import { buildSimulator, type RtlFile, type Simulator } from '@autodnnchip/sim';
import { rtlFiles } from '../../plugins/accel-shared/src/emit/rtl-files.js';

/** Layer records of every simulated chip: enough for all networks, so that one simulator serves them all. */
const recordedLayers = 256;

/** The RTL of a chip as bundles have it, in compilation order. */
export function chipRtl(configuration: AccelSharedConfiguration): RtlFile[] {
  const text = (content: string | Uint8Array): string =>
    typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
  return rtlFiles(configuration, recordedLayers).map(({ path, content }) => ({ path, content: text(content) }));
}

const simulators = new Map<string, Promise<Simulator>>();

/**
 * The simulator of a configuration: compiled once, kept in the user's cache folder and for the rest of this process.
 */
export async function chipSimulator(
  configuration: AccelSharedConfiguration,
  tool: SimulationTool | 'auto',
): Promise<Simulator> {
  const key = JSON.stringify([tool, configuration]);
  let simulator = simulators.get(key);
  if (simulator === undefined) {
    simulator = buildSimulator({
      tool,
      rtlFiles: chipRtl(configuration),
      top: 'accel_top',
      busBytes: configuration.busBytes,
    });
    simulators.set(key, simulator);
  }
  return await simulator;
}

/** Ends all simulators; files that use them call it when they are done, so that no worker keeps the process alive. */
export async function disposeSimulators(): Promise<void> {
  const all = [...simulators.values()];
  simulators.clear();
  // One that could not be built has failed its test already.
  await Promise.all(
    all.map(
      async simulator =>
        await simulator.then(
          built => built.dispose(),
          () => undefined,
        ),
    ),
  );
}
