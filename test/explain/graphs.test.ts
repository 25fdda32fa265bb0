import { ChipError, createAutoDNNchip, readChipGraph, type ChipGraph } from '@autodnnchip/core';
import { asic65nm } from '@autodnnchip/platform-asic-65nm';
import { createGraphPredictor, systolicGemm } from '@autodnnchip/plugin-graph-predictor';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { randomGraph } from '../graph-predictor/random-graph.js';
import { suite } from '../support/suite.js';
import { assertExplained, ends } from './support.js';

const explain = suite('explanations of graphs', { timeLimitSeconds: 120 });
const seed = 20261124;
const predictor = createGraphPredictor();

function assertBothModes(graph: ChipGraph, what: string): void {
  for (const mode of ['coarse', 'fine'] as const) {
    const { prediction } = predictor.predictGraph({ graph, mode });
    const told = predictor.explainGraph({ graph, mode });
    assert.equal(told.prediction, prediction, what);
    assertExplained(prediction, told.explained, `${what} ${mode}`);
  }
}

for (const name of ['conv', 'gemm3', 'tiled-conv', 'two-clocks']) {
  explain(`examples/graphs/${name}.chip.json: every figure`, () => {
    assertBothModes(readChipGraph(`examples/graphs/${name}.chip.json`), name);
  });
}

explain('a systolic array of thousands of nodes', () => {
  assertBothModes(systolicGemm(12), 'gemm 12');
});

for (const [what, clocks] of [
  ['', {}],
  [' of several clocks', { clocks: [100, 150, 533.33] }],
] as const)
  explain(`random graphs${what} that end`, () => {
    let explained = 0;
    fc.assert(
      fc.property(randomGraph({ nodes: 6, edges: 7, largestRepeat: 5, ...clocks }), graph => {
        try {
          predictor.predictGraph({ graph, mode: 'fine' });
        } catch (error) {
          if (error instanceof ChipError) return;
          throw error;
        }
        explained++;
        assertBothModes(graph, JSON.stringify(graph));
      }),
      { seed, numRuns: 300 },
    );
    assert.ok(explained > 50, `${explained} of 300 graphs end`);
  });

explain('what a graph cites is at the ends', () => {
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'cited',
    clock: { value: 100, unit: 'MHz', source: 'data sheet of the board' },
    resources: [{ id: 'port', class: 'memory', power: { value: 2, unit: 'mW', source: 'measured' } }],
    nodes: [
      {
        id: 'load',
        class: 'datapath',
        steps: [{ repeat: 3, steps: [{ resource: 'port', cycles: 5, energy: { value: 1, unit: 'nJ' } }] }],
      },
      { id: 'inner', graph: 'part' },
    ],
    edges: [{ from: 'load', to: 'inner', toPort: 'in' }],
    graphs: {
      part: {
        nodes: [
          {
            id: 'add',
            class: 'compute',
            energyPerBusyCycle: { value: 7, unit: 'fJ', source: 'a paper' },
            staticPower: { value: 1, unit: 'uW' },
            steps: [{ repeat: 3, steps: [{ cycles: 2 }] }],
          },
        ],
        edges: [{ id: 'in', to: 'add' }],
      },
    },
  };
  assertBothModes(graph, 'cited');
  const { explained } = predictor.explainGraph({ graph, mode: 'fine' });
  const sources = ends(explained.energyPicojoules).map(end => ('source' in end ? end.source : ''));
  for (const source of ['data sheet of the board', 'measured', 'a paper']) assert.ok(sources.includes(source), source);
});

explain("figures of a platform's technology go down to what was published", () => {
  const { definitions } = createAutoDNNchip({ plugins: [asic65nm()] });
  const ofPlatforms = createGraphPredictor(definitions);
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'figures',
    technologies: [{ id: 'cmos', platform: 'asic-65nm' }],
    nodes: [
      {
        id: 'MACs',
        class: 'compute',
        technology: 'cmos',
        energyPerBusyCycle: [
          { figure: 'multiplyAccumulate8Bit', count: 64 },
          { figure: 'registerAccessPerByte', count: 128 },
        ],
        steps: [{ cycles: 10 }],
      },
    ],
    edges: [],
  };
  const { prediction, explained } = ofPlatforms.explainGraph({ graph, mode: 'fine' });
  assertExplained(prediction, explained, 'figures');
  assert.ok(
    ends(explained.nodes[0]?.energyPicojoules ?? (assert.unreachable() as never)).some(
      end => 'source' in end && end.figure === 'integerMultiply8Bit' && /ISSCC 2014/.test(end.source),
    ),
  );
});

explain.run();
