// time-limit-seconds: 1200
import { readdirSync, readFileSync } from 'node:fs';
import type { MemoryModel, Network, NumericArray, SimulationTool } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { withEngines, type ChipNumbers } from '../support/chip-engines.js';
import { fixtureArray, readFixture } from '../network-passes/network-under-test.js';
import { describeDifferences, runChip } from '../support/chip-run.js';
import { disposeSimulators } from '../support/chip-simulators.js';
import { suite, type NeededTool } from '../support/suite.js';

/** `case.json`: one network on chips, each with all memory models. `README.md` says more. */
interface ChipCase {
  readonly model: string;
  readonly input: string;
  /** Key of the fixture's arrays, or `integerExecutor`: what the reference executor computes. */
  readonly expected: string;
  readonly configurations: readonly string[];
  readonly memory: readonly MemoryModel[];
  readonly tool: SimulationTool;
  /** Values in which the framework's float run of the file differs from the integer result; QDQ files only. */
  readonly floatRunDifferences?: number;
}

const chips = suite('whole chips', { timeLimitSeconds: 600 });
const here = new URL('./', import.meta.url);
const read = <Content>(path: string): Content => JSON.parse(readFileSync(new URL(path, here), 'utf8')) as Content;
const configurations = read<Readonly<Record<string, ChipNumbers>>>('configurations.json');
const neededBy: Readonly<Record<SimulationTool, readonly NeededTool[]>> = {
  verilator: ['verilator', 'g++', 'make'],
  cxxrtl: [],
  icarus: ['iverilog'],
};

for (const folder of readdirSync(here, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name)
  .sort()) {
  const chip = read<ChipCase>(`${folder}/case.json`);
  for (const name of chip.configurations) {
    chips.needs(...neededBy[chip.tool])(
      `${folder} on ${name}: all bits, cycles and counters, with ${chip.tool}`,
      async () => {
        const network = await prepareNetwork(await readFixture(chip.model));
        const inputs = new Map([[network.inputs[0], fixtureArray(chip.model, chip.input)]]);
        const expected = expectedOutputs(chip, network, inputs);
        for (const memory of chip.memory) {
          const run = await runChip({
            network,
            configuration: withEngines(configurations[name]),
            memory,
            inputs,
            expected,
            tool: chip.tool,
          });
          assert.is(describeDifferences(run), '', JSON.stringify(memory));
          assert.is(run.tool, chip.tool);
          assert.ok(run.values > 0 && run.layers.length > 0);
        }
      },
    );
  }
}

function expectedOutputs(
  chip: ChipCase,
  network: Network,
  inputs: ReadonlyMap<string, NumericArray>,
): ReadonlyMap<string, NumericArray> {
  if (chip.expected !== 'integerExecutor')
    return new Map([[network.outputs[0], fixtureArray(chip.model, chip.expected)]]);
  const expected = executeNetwork(network, inputs);
  const wanted = [...(expected.get(network.outputs[0]) as NumericArray).data];
  const floatRun = fixtureArray(chip.model, 'y_noopt').data;
  assert.is(
    wanted.filter((value, index) => value !== floatRun[index]).length,
    chip.floatRunDifferences ?? 0,
    'differences from the float run',
  );
  return expected;
}

chips.after(disposeSimulators);
chips.run();
