import { ChipError, createAutoDNNchip, resolveChipGraph, type Design, type Platform } from '@autodnnchip/core';
import { accelShared, lowerNetwork, scheduleNetwork } from '@autodnnchip/plugin-accel-shared';
import { convAdderTree } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngine } from '@autodnnchip/ip-lane-engine';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { predictFine } from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { programGraph } from '../../plugins/accel-shared/src/graph/program-graph.js';
import type { PredictedProgram } from '../../plugins/accel-shared/src/prediction/fine-prediction.js';
import { runTiming } from '../../plugins/accel-shared/src/timing/run-timing.js';
import { surroundedNetwork, tinyChip } from '../host-fallback/host-networks.js';
import { suite } from '../support/suite.js';
import { drawMemory, randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom, randomConfiguration } from './random-draws.js';

const graphs = suite('programs as chip graphs', { timeLimitSeconds: 120 });

graphs(
  'a graph of a random program on a random chip and memory takes exactly the cycles of the recurrence, layer by layer',
  () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.gen(), gen => {
        const draw = drawFrom(gen);
        const configuration = randomConfiguration(draw);
        const { network } = randomNetwork(draw);
        const memory = drawMemory(draw);
        let schedule;
        try {
          schedule = scheduleNetwork(lowerNetwork(network, configuration), configuration, memory);
        } catch (error) {
          if (error instanceof ChipError && error.code.startsWith('ADC3')) return;
          throw error;
        }
        const program: PredictedProgram = {
          configuration,
          layers: schedule.layers,
          instructions: schedule.instructions,
          programAddress: schedule.memory.program.address,
        };
        const timing = runTiming(
          program.instructions,
          program.programAddress,
          program.layers.length,
          configuration,
          memory,
        );
        const graph = programGraph(program, memory, 200, {
          layerPicojoules: program.layers.map((_, index) => index + 1),
          picojoulesPerCycle: 3,
        });
        const { prediction } = predictFine(resolveChipGraph(graph));
        assert.is(prediction.latencyCycles, timing.totalCycles);
        const ends = timing.layers.map(
          (_, index) => (prediction.nodes.find(({ id }) => id === `end of layer ${index}`)?.finishCycle ?? 0) - 1,
        );
        assert.equal(
          ends,
          timing.layers.map(({ endCycle }) => endCycle),
        );
        const layers = program.layers.length;
        assert.ok(
          Math.abs(prediction.energyPicojoules / ((layers * (layers + 1)) / 2 + 3 * timing.totalCycles) - 1) < 1e-9,
        );
        compared += 1;
      }),
      { seed: 11, numRuns: 150 },
    );
    assert.ok(compared > 50, `only ${compared} of 150 programs fitted their chips`);
  },
);

graphs('latency and energy of a design are those of its graph', () => {
  const chip = createAutoDNNchip({ plugins: [convAdderTree(), laneEngine(), accelShared(), ultra96()] });
  const template = chip.definitions.templates.get('accel-shared');
  const platform: Platform = chip.definitions.platforms.get('ultra96');
  const whole = surroundedNetwork();
  const network = {
    ...whole,
    operators: whole.operators.filter(({ kind }) => kind === 'conv'),
    inputs: ['q'],
    outputs: ['y'],
  };
  const design: Design = template.map(
    network,
    template.configure({ ...tinyChip, laneMultiply: 1 }, network, platform),
    platform,
  );
  const fine = template.predictFine(design);
  const { prediction } = predictFine(resolveChipGraph(template.graph(design)));
  assert.is(prediction.latencyCycles, fine.latencyCycles);
  assert.ok(
    Math.abs(prediction.energyPicojoules / fine.energyPicojoules - 1) < 1e-9,
    `${prediction.energyPicojoules} pJ against ${fine.energyPicojoules} pJ`,
  );
});

graphs.run();
