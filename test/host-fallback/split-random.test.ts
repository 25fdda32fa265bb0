import {
  ChipError,
  checkHostParts,
  startHostRun,
  type HostParts,
  type NamedArray,
  type Network,
  type NumericArray,
} from '@autodnnchip/core';
import { splitForHost } from '@autodnnchip/plugin-builder';
import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { randomNetwork, type Draw } from '@autodnnchip/plugin-conformance';
import { drawFrom } from '../accel-shared/random-draws.js';
import { mapNetwork, plainChip, runMapped, type MappedNetwork } from '../accel-shared/schedule-under-test.js';
import { suite } from '../support/suite.js';

const random = suite('random host splits', { timeLimitSeconds: 200 });
const executor = createReferenceExecutor();

interface Case {
  readonly network: Network;
  readonly inputs: ReadonlyMap<string, NumericArray>;
  readonly chip: Network;
  readonly host: HostParts;
}

/** A random network with random operators at its ends on the host; undefined where none of it can be split off. */
function drawCase(draw: Draw): Case | undefined {
  const { network: drawn, inputs } = randomNetwork(draw);
  // Results that others read are outputs too, now and then.
  const results = drawn.operators.flatMap(({ outputs }) => outputs).filter(name => !drawn.outputs.includes(name));
  const network = { ...drawn, outputs: [...drawn.outputs, ...results.filter(() => draw.integer(0, 3) === 0)] };
  const head = draw.integer(0, network.operators.length - 1);
  const tail = draw.integer(head, network.operators.length);
  const off = network.operators.filter((_, index) => (index < head || index >= tail) && draw.integer(0, 3) > 0);
  const { chip, leading, trailing, operators, refused } = splitForHost(
    network,
    off.map(({ name, kind }) => ({ name, operator: kind, reason: 'drawn' })),
  );
  if (refused.length > 0 || operators.length === 0 || chip.operators.length === 0) return undefined;
  assert.is(operators.length + chip.operators.length, network.operators.length);
  const host = {
    inputs: network.inputs,
    outputs: network.outputs,
    operators,
    ...(leading === undefined ? {} : { leading }),
    ...(trailing === undefined ? {} : { trailing }),
  };
  assert.is(checkHostParts(host, chip), undefined);
  return { network, inputs, chip, host };
}

/** The chip's outputs from the interpreter of its program, or from the executor where it cannot be mapped. */
function runChip(
  chip: Network,
  inputs: readonly NamedArray[],
): { readonly mapped: boolean; readonly outputs: NamedArray[] } {
  const given = new Map(inputs.map(array => [array.name, array]));
  const mapped = mapOrRefusal(chip);
  const results = mapped === undefined ? executeNetwork(chip, given) : runMapped(mapped, given);
  return { mapped: mapped !== undefined, outputs: [...results].map(([name, array]) => ({ ...array, name })) };
}

function mapOrRefusal(chip: Network): MappedNetwork | undefined {
  try {
    return mapNetwork(chip, plainChip);
  } catch (error) {
    if (error instanceof ChipError && (error.code === 'ADC3201' || error.code === 'ADC3001')) return undefined;
    throw error;
  }
}

random('host and chip together compute what the whole network computes', async () => {
  let splits = 0;
  let mappings = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), async gen => {
      const drawn = drawCase(drawFrom(gen));
      if (drawn === undefined) return;
      const { network, inputs, chip, host } = drawn;
      const run = await startHostRun(
        host,
        [...inputs].map(([name, array]) => ({ ...array, name })),
        executor,
      );
      const { mapped, outputs } = runChip(chip, run.chipInputs);
      splits++;
      if (mapped) mappings++;
      const expected = executeNetwork(network, inputs);
      const results = await run.finish(outputs);
      assert.equal(
        results.map(({ name }) => name),
        network.outputs,
      );
      for (const { name, data } of results) assert.equal(data, expected.get(name)?.data, name);
    }),
    {
      numRuns: Number(process.env['RANDOM_SPLITS'] ?? 200),
      endOnFailure: true,
      ...(process.env['RANDOM_SEED'] === undefined ? {} : { seed: Number(process.env['RANDOM_SEED']) }),
    },
  );
  assert.ok(splits > 20 && mappings > 10, `${splits} networks were split, ${mappings} of them mapped`);
});

random.run();
