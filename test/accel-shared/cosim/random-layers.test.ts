// time-limit-seconds: 900
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { disposeSimulators } from '../../support/chip-simulators.js';
import { suite } from '../../support/suite.js';
import { drawFrom } from '../schedule-random-network.js';
import { drawConfiguration, oddChips } from './odd-chips.js';
import { checkRandomNetworks } from './random-runs.js';

/**
 * `COSIM_SEED` repeats a run, `COSIM_NETWORKS` is the number of networks per chip, `COSIM_CHIPS` the number of chips that are
 * drawn beside the odd ones (each compiles a simulator), `COSIM_MULTIPLIERS` their largest size.
 */
const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const seed = number('COSIM_SEED', Math.floor(Math.random() * 2 ** 31));
const networks = number('COSIM_NETWORKS', 40);

const cosim = suite('random networks on simulated chips', { timeLimitSeconds: 600 });
process.stdout.write(`COSIM_SEED=${seed}\n`);

const drawn = fc.sample(fc.gen().map((gen) => drawConfiguration(drawFrom(gen), number('COSIM_MULTIPLIERS', 512))), { numRuns: number('COSIM_CHIPS', 0), seed });
const chips = [...Object.entries(oddChips), ...drawn.map((chip, index) => [`drawn chip ${index}`, chip] as const)];

for (const [name, chip] of chips) {
  cosim.needs('verilator', 'g++', 'make')(`${name}: bits of the executor, cycles and counters of the prediction`, async () => {
    const { networks: fitting } = await checkRandomNetworks(chip, { runs: networks, seed });
    assert.ok(fitting > networks / 3, `${fitting} of ${networks} networks fit`);
  });
}

cosim.after(disposeSimulators);
cosim.run();
