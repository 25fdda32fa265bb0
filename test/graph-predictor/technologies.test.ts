import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createAutoDNNchip,
  parseChipGraph,
  quantity,
  repeat,
  resolveChipGraph,
  type ChipGraph,
  type ErrorCode,
  type GraphNode,
  type GraphTechnology,
} from '@autodnnchip/core';
import { asic65nm } from '@autodnnchip/platform-asic-65nm';
import { graphDrawing } from '@autodnnchip/plugin-graph-drawing';
import { graphPredictor, predictGraph } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { parseDocument } from '../cli/documents.js';
import { run } from '../cli/run.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('figures of technologies');

const source = 'made up for the test';
const process28: GraphTechnology = {
  id: '28nm',
  processNanometres: 28,
  figures: {
    multiplyAccumulate8Bit: { value: 0.25, unit: 'pJ', source },
    sramReadPerByte: { value: 500, unit: 'fJ/byte', source },
    staticPerSquareMillimetre: { value: 10, unit: 'mW/mm2', source },
    areaPerGate: { value: 0.5, unit: 'um2', source },
  },
};

function graph(
  node: Partial<GraphNode>,
  technologies: readonly GraphTechnology[],
  rest: Partial<ChipGraph> = {},
): ChipGraph {
  return {
    schemaVersion: 1,
    name: 'test',
    clock: quantity(100, 'MHz'),
    technologies,
    nodes: [{ id: 'MACs', class: 'compute', steps: [repeat(10, { cycles: 4 })], ...node }],
    edges: [],
    ...rest,
  };
}

function energy(sample: ChipGraph): { readonly busy: number; readonly static: number } {
  const { energyPicojoules, staticEnergyPicojoules } = predictGraph({
    graph: parseChipGraph(JSON.parse(JSON.stringify(sample))),
    mode: 'fine',
  }).prediction;
  return { busy: energyPicojoules - staticEnergyPicojoules, static: staticEnergyPicojoules };
}

function isNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * expected, `${actual}, expected ${expected}`);
}

test('a cost is a figure times how many, or a sum of these', () => {
  const one = energy(
    graph({ technology: '28nm', energyPerBusyCycle: { figure: 'multiplyAccumulate8Bit', count: 256 } }, [process28]),
  );
  isNear(one.busy, 40 * 256 * 0.25);
  const sum = energy(
    graph(
      {
        technology: '28nm',
        energyPerBusyCycle: [{ figure: 'multiplyAccumulate8Bit' }, { figure: 'sramReadPerByte', count: 3 }],
        staticPower: { figure: 'staticPerSquareMillimetre', count: 2 },
      },
      [process28],
    ),
  );
  isNear(sum.busy, 40 * (0.25 + 3 * 0.5));
  // 20 mW for 400 ns.
  isNear(sum.static, 8000);
});

test('states and resources take figures, of the technology that is named', () => {
  const other: GraphTechnology = { id: 'DRAM', figures: { access: { value: 2, unit: 'nJ', source } } };
  const sample = graph(
    {
      technology: '28nm',
      steps: [
        repeat(10, { cycles: 4, resource: 'port', energy: { figure: 'multiplyAccumulate8Bit', count: 8 } }),
        { cycles: 1, energy: { figure: 'access', technology: 'DRAM' } },
      ],
    },
    [process28, other],
    {
      resources: [
        { id: 'port', class: 'memory', technology: 'DRAM', energyPerBusyCycle: { figure: 'access', count: 0.5 } },
      ],
    },
  );
  isNear(energy(sample).busy, 40 * 1000 + 10 * 2 + 2000);
});

test('a sub-graph has the technologies of the graph around it and its own', () => {
  const inner = graph(
    {
      technology: '28nm',
      energyPerBusyCycle: [{ figure: 'multiplyAccumulate8Bit' }, { figure: 'own', technology: 'inner' }],
    },
    [{ id: 'inner', figures: { own: { value: 1, unit: 'pJ', source } } }],
  );
  const { technologies, nodes, edges } = inner;
  const outer = graph({}, [process28], {
    nodes: [{ id: 'engine', graph: 'engine' }],
    graphs: { engine: { technologies: technologies!, nodes, edges } },
  });
  isNear(energy(outer).busy, 40 * 1.25);
});

test('a technology stands for that of a platform, and its own figures come first', async () => {
  const plugins = [graphPredictor(), graphDrawing(), asic65nm()];
  const platform = createAutoDNNchip({ plugins }).definitions.platforms.get('asic-65nm');
  const { value, unit } = platform.technology.figures['multiplyAccumulate8Bit'];
  assert.is(unit, 'pJ');
  const file = join(temporaryFolder(), 'chip.chip.json');
  const write = (technology: Partial<GraphTechnology>): void =>
    writeFileSync(
      file,
      JSON.stringify(
        graph({ technology: 't', energyPerBusyCycle: { figure: 'multiplyAccumulate8Bit', count: 64 } }, [
          { id: 't', platform: 'asic-65nm', ...technology },
        ]),
      ),
    );
  write({ processNanometres: 65 });
  const { output, messages } = await run(['predict', '--graph', file, '--json'], { plugins });
  isNear(parseDocument('predict', output)['energyPicojoules'] as number, 40 * 64 * value);
  assert.is(messages, '');
  assert.is((await run(['draw', file, '--out', `${file}.svg`], { plugins })).exitCode, 0);
  write({ figures: { multiplyAccumulate8Bit: { value: 7, unit: 'pJ', source } } });
  isNear(
    parseDocument('predict', (await run(['predict', '--graph', file, '--json'], { plugins })).output)[
      'energyPicojoules'
    ] as number,
    40 * 64 * 7,
  );
  write({ processNanometres: 28 });
  const wrong = await run(['predict', '--graph', file], { plugins });
  for (const text of ['ADC3306', 'asic-65nm', '28 nm', '65 nm'])
    assert.ok(wrong.messages.includes(text), wrong.messages);
  write({ platform: 'asic-3nm' });
  const missing = await run(['predict', '--graph', file], { plugins });
  for (const text of ['ADC3304', 'Node MACs', 'asic-3nm', 'platforms: asic-65nm'])
    assert.ok(missing.messages.includes(text), missing.messages);
});

test('figures that cannot be taken', async () => {
  const refused = async (code: ErrorCode, bad: ChipGraph, ...texts: readonly string[]): Promise<void> => {
    const error = await expectError(code, () => resolveChipGraph(parseChipGraph(JSON.parse(JSON.stringify(bad)))));
    for (const text of texts) assert.ok(error.message.includes(text), `${error.message} lacks ${text}`);
    assert.ok(error.hint !== undefined);
  };
  const node = (cost: Partial<GraphNode>): ChipGraph => graph({ technology: '28nm', ...cost }, [process28]);
  await refused(
    'ADC3304',
    node({ energyPerBusyCycle: { figure: 'multiplyAccumulate9Bit' } }),
    'Node MACs',
    'multiplyAccumulate9Bit',
    '28nm',
    'figures: multiplyAccumulate8Bit, sramReadPerByte',
  );
  await refused('ADC3304', node({ energyPerBusyCycle: { figure: 'constructor' } }), 'constructor');
  await refused(
    'ADC3304',
    node({ energyPerBusyCycle: { figure: 'access', technology: 'DRAM' } }),
    'Node MACs',
    'DRAM',
    'technologies: 28nm',
  );
  await refused(
    'ADC3304',
    graph({ energyPerBusyCycle: { figure: 'multiplyAccumulate8Bit' } }, [process28]),
    'Node MACs',
    'names none',
    '28nm',
  );
  await refused(
    'ADC3306',
    node({ energyPerBusyCycle: { figure: 'areaPerGate', count: 4 } }),
    'Node MACs',
    'areaPerGate',
    'um2',
    'energy',
  );
  await refused('ADC3306', node({ energyPerBusyCycle: { figure: 'staticPerSquareMillimetre' } }), 'mW/mm2');
  await refused('ADC3306', node({ staticPower: { figure: 'sramReadPerByte' } }), 'fJ/byte', 'power');
  await refused(
    'ADC3302',
    node({ energyPerBusyCycle: { figure: 'multiplyAccumulate8Bit', count: -1 } }),
    'node "MACs"',
    'energyPerBusyCycle.count',
  );
  await refused(
    'ADC3302',
    node({ energyPerBusyCycle: [{ figur: 'multiplyAccumulate8Bit' }] as never }),
    'node "MACs"',
    'energyPerBusyCycle[0]',
    'figur',
  );
  await refused('ADC3302', node({ energyPerBusyCycle: [] }), 'node "MACs"', 'energyPerBusyCycle');
  await refused(
    'ADC3306',
    node({ energyPerBusyCycle: quantity(1, 'W') as never }),
    'node "MACs"',
    'energyPerBusyCycle.unit',
  );
  const { source: _, ...unsourced } = process28.figures!['multiplyAccumulate8Bit'];
  await refused(
    'ADC3302',
    graph({}, [{ id: 't', figures: { mac: unsourced as never } }]),
    'technology "t"',
    'figures.mac.source',
  );
  const { clock: __, ...unclocked } = node({ staticPower: { figure: 'staticPerSquareMillimetre' } });
  await refused('ADC3306', unclocked, 'Node MACs', 'no clock');
});

test.run();
