import { ChipError } from '@autodnnchip/core';
import { lowerNetwork, numbersOf, scheduleNetwork, type Schedule } from '@autodnnchip/plugin-accel-shared';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import {
  layoutToManifest,
  manifestSchemaVersion,
  movesToManifest,
  parseManifest,
} from '../../plugins/accel-shared/src/emit/manifest.js';
import { encodeProgram } from '../../plugins/accel-shared/src/emit/program-image.js';
import { programFault, reachedBytes } from '../../plugins/accel-shared/src/program/check-program.js';
import { decodeProgram } from '../../plugins/accel-shared/src/program/instruction-decoder.js';
import type { Instruction } from '../../plugins/accel-shared/src/program/instruction.js';
import { alignUp, memoryAlignment } from '../../plugins/accel-shared/src/schedule/memory-plan.js';
import { runTiming } from '../../plugins/accel-shared/src/timing/run-timing.js';
import { suite } from '../support/suite.js';
import { drawMemory, randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom, randomConfiguration } from './random-draws.js';
import { oddChips, plainChip, plainMemory } from './schedule-under-test.js';

const programs = suite('programs that are checked before they are run', { timeLimitSeconds: 180 });

const fault = ({ configuration, layers, memory }: Schedule, instructions: readonly Instruction[]): string | undefined =>
  programFault(instructions, {
    configuration,
    programAddress: memory.program.address,
    layerCount: layers.length,
    memoryBytes: memory.totalBytes,
  });

/** Programs of random networks on random chips; those that fit none are passed over. */
function forRandomPrograms(
  seed: number,
  runs: number,
  check: (schedule: Schedule, gen: fc.GeneratorValue) => void,
): number {
  let checked = 0;
  fc.assert(
    fc.property(fc.gen(), gen => {
      const draw = drawFrom(gen);
      const configuration =
        draw.integer(0, 4) === 0 ? draw.pick([plainChip, ...Object.values(oddChips)]) : randomConfiguration(draw);
      const { network } = randomNetwork(draw);
      try {
        const lowered = lowerNetwork(network, configuration);
        const schedule = scheduleNetwork(lowered, configuration, drawMemory(draw));
        checked++;
        check(schedule, gen);
        parseManifest(manifestOf(lowered, schedule));
      } catch (error) {
        if (!(error instanceof ChipError && error.code.startsWith('ADC3'))) throw error;
      }
    }),
    { seed, numRuns: runs },
  );
  return checked;
}

function manifestOf(lowered: ReturnType<typeof lowerNetwork>, { configuration, layers, memory }: Schedule): object {
  const at = ({ address, bytes }: { address: number; bytes: number }): object => ({ address, bytes });
  return {
    schemaVersion: manifestSchemaVersion,
    kind: 'autodnnchip-bundle',
    template: 'accel-shared',
    platform: 'p',
    engines: configuration.engines.map(({ id }) => id),
    configuration: numbersOf(configuration),
    network: { name: 'n', source: 's' },
    top: 'accel_top',
    rtlFiles: ['rtl/a.sv'],
    memory: {
      totalBytes: memory.totalBytes,
      program: { ...at(memory.program), file: 'program.bin' },
      weights: { ...at(memory.weights), file: 'weights.bin' },
    },
    inputs: lowered.inputs.map((input, index) => ({
      name: input.name,
      shape: [...input.shape],
      elementType: input.elementType,
      ...(input.quantize === undefined ? {} : { quantize: { ...input.quantize } }),
      region: at(memory.inputs[index]),
      ...movesToManifest(input.moves),
      layout: layoutToManifest(input.layout),
    })),
    outputs: lowered.outputs.map((output, index) => ({
      name: output.name,
      shape: [...output.shape],
      elementType: output.elementType,
      ...(output.dequantize === undefined ? {} : { dequantize: { ...output.dequantize } }),
      ...movesToManifest(output.moves),
      region: at(memory.outputs[index]),
      layout: layoutToManifest(output.layout),
    })),
    layers: layers.map(({ name, operator, engine, multiplyAccumulates }) => ({
      name,
      operator,
      engine,
      multiplyAccumulates,
    })),
  };
}

programs('a program that was made is faultless, decoded again too, and its manifest is no contradiction', () => {
  const checked = forRandomPrograms(31, 250, schedule => {
    assert.is(fault(schedule, schedule.instructions), undefined);
    const { memory, configuration } = schedule;
    const reached = [memory.program, memory.weights, ...memory.inputs, ...memory.outputs].reduce(
      (most, { address, bytes }) => Math.max(most, address + bytes),
      reachedBytes(schedule.instructions, configuration),
    );
    assert.is(memory.totalBytes, alignUp(reached, memoryAlignment(configuration)), 'all of its memory is reached');
    assert.is(
      fault(
        schedule,
        decodeProgram(encodeProgram(schedule.instructions, schedule.configuration), schedule.configuration),
      ),
      undefined,
    );
  });
  assert.ok(checked > 80, `only ${checked} programs fitted their chips`);
});

programs('whatever the bytes are: a fault is named, or the program runs to a number', () => {
  let accepted = 0;
  forRandomPrograms(32, 120, (schedule, gen) => {
    const draw = drawFrom(gen);
    const bytes = encodeProgram(schedule.instructions, schedule.configuration);
    for (let change = draw.integer(1, 3); change > 0; change--)
      bytes[draw.integer(0, bytes.length - 1)] ^= 1 << draw.integer(0, 7);
    let instructions: readonly Instruction[];
    try {
      instructions = decodeProgram(bytes, schedule.configuration);
    } catch (error) {
      if (error instanceof ChipError && error.code === 'ADC3001') return;
      throw error;
    }
    if (fault(schedule, instructions) !== undefined) return;
    accepted++;
    const { totalCycles, layers } = runTiming(
      instructions,
      schedule.memory.program.address,
      schedule.layers.length,
      schedule.configuration,
      plainMemory,
    );
    assert.ok(
      Number.isSafeInteger(totalCycles) &&
        layers.every(({ endCycle }, index) => endCycle > (layers[index - 1]?.endCycle ?? 0)),
    );
  });
  assert.ok(accepted > 10, 'most bits are no structure');
});

programs('another block size, a layer more or less, and less memory do not fit', () => {
  forRandomPrograms(33, 40, schedule => {
    const { configuration, memory, layers, instructions } = schedule;
    const surroundings = {
      configuration,
      programAddress: memory.program.address,
      layerCount: layers.length,
      memoryBytes: memory.totalBytes,
    };
    for (const wrong of [
      {
        configuration: {
          ...configuration,
          programBlock:
            instructions.length > configuration.programBlock ? configuration.programBlock + 1 : instructions.length + 1,
        },
      },
      { layerCount: layers.length + 1 },
      { layerCount: layers.length - 1 },
      { memoryBytes: memory.weights.address },
    ])
      assert.type(programFault(instructions, { ...surroundings, ...wrong }), 'string', JSON.stringify(wrong));
  });
});

programs.run();
