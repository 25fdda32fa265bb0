import { ChipError, type Network } from '@autodnnchip/core';
import { executeNetwork } from '@autodnnchip/plugin-executor-reference';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { decodeProgram } from '../../plugins/accel-shared/src/program/instruction-decoder.js';
import { encodeProgram } from '../../plugins/accel-shared/src/emit/program-image.js';
import { suite } from '../support/suite.js';
import { randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom, randomConfiguration } from './random-draws.js';
import { mapNetwork, runMapped, type MappedNetwork } from './schedule-under-test.js';
import type { ChipOfTests } from '../support/chip-engines.js';

const random = suite('accel-shared programs of random networks', { timeLimitSeconds: 300 });
const runs = Number(process.env['RANDOM_PROGRAMS'] ?? 150);

random('compute what the reference executor computes, in program order and in any order that waits allow', () => {
  let mapped = 0;
  const report = fc.check(
    fc.property(fc.gen(), fc.integer(), (gen, seed) => {
      const draw = drawFrom(gen);
      const { network, inputs } = randomNetwork(draw);
      const configuration = randomConfiguration(draw);
      const built = buildOrRefusal(() => mapNetwork(network, configuration));
      if (built === undefined) return;
      mapped++;
      const { instructions } = built.schedule;
      assert.equal(
        decodeProgram(encodeProgram(instructions, configuration), configuration).map(({ waits: _, ...rest }) => rest),
        instructions.map(({ waits: _, ...rest }) => rest),
      );
      const expected = executeNetwork(network, inputs);
      for (const order of [undefined, seed, seed + 1]) {
        const results = runMapped(built, inputs, order);
        for (const name of network.outputs)
          assert.equal(
            results.get(name)?.data,
            expected.get(name)?.data,
            `${name}, order ${order}: ${describe(network, configuration)}\n${results.get(name)?.data.toString().slice(0, 300)}\n${expected.get(name)?.data.toString().slice(0, 300)}`,
          );
      }
    }),
    {
      numRuns: runs,
      ...(process.env['RANDOM_SEED'] === undefined ? {} : { seed: Number(process.env['RANDOM_SEED']) }),
    },
  );
  if (report.failed)
    throw new Error(`${fc.defaultReportMessage(report)}\n${(report.errorInstance as Error).stack ?? ''}`);
  assert.ok(mapped > runs / 2, `${mapped} of ${runs} networks were mapped`);
});

/** Operators and sizes of a case that failed. */
function describe(network: Network, configuration: ChipOfTests): string {
  const operators = network.operators.map(
    ({ kind, inputs, outputs, attributes }) =>
      `${kind} ${inputs.join()} -> ${outputs.join()} ${JSON.stringify(attributes)}`,
  );
  const tensors = [...network.tensors.values()].map(
    ({ name, shape, elementType, quantization }) =>
      `${name} ${elementType} ${shape.join('x')} scale ${quantization?.scales[0]} zero ${quantization?.zeroPoints.slice(0, 3).join()}`,
  );
  return [...operators, ...tensors, JSON.stringify(configuration)].join('\n');
}

/** Undefined where the drawn buffers hold no tile, or no fixed-point form exists for a drawn addition. */
function buildOrRefusal(build: () => MappedNetwork): MappedNetwork | undefined {
  try {
    return build();
  } catch (error) {
    if (
      error instanceof ChipError &&
      (error.code === 'ADC3201' ||
        (error.code === 'ADC3001' && /fixed-point|not smaller than its kernel/.test(error.message)))
    )
      return undefined;
    throw error;
  }
}

random.run();
