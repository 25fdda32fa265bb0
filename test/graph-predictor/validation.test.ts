import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildChipGraph,
  graphLimits,
  hold,
  parseChipGraph,
  quantity,
  readChipGraph,
  repeat,
  resolveChipGraph,
  type ChipGraph,
  type ErrorCode,
  type GraphBody,
  type GraphEdge,
  type GraphNode,
} from '@autodnnchip/core';
import { predictFine } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const test = suite('bad graphs');

const load: GraphNode = { id: 'load', class: 'datapath', steps: [repeat(4, { cycles: 2 })] };
const run: GraphNode = { id: 'run', class: 'compute', steps: [repeat(4, { cycles: 3 })] };

function graph(nodes: readonly GraphNode[], edges: readonly GraphEdge[], rest: Partial<ChipGraph> = {}): ChipGraph {
  return { schemaVersion: 1, name: 'test', nodes, edges, ...rest };
}

async function refused(code: ErrorCode, bad: ChipGraph, ...texts: readonly string[]): Promise<void> {
  const error = await expectError(code, () => predictFine(resolveChipGraph(parseChipGraph(bad))));
  for (const text of texts) assert.ok(error.message.includes(text), `${error.message} lacks ${text}`);
  assert.ok(error.hint !== undefined);
}

test('names: dangling, twice, not there', async () => {
  await refused(
    'ADC3304',
    graph([load], [{ from: 'load', to: 'store' }]),
    'load->store',
    'a node store that is not there',
  );
  await refused('ADC3304', graph([load], [{ from: 'fetch', to: 'load' }]), 'a node fetch');
  await refused('ADC3304', graph([load], [{ id: 'loose' }]), 'loose');
  await refused('ADC3303', graph([load, load], []), 'load');
  await refused(
    'ADC3303',
    graph(
      [load, run],
      [
        { from: 'load', to: 'run' },
        { from: 'load', to: 'run' },
      ],
    ),
    'load->run',
  );
  await refused(
    'ADC3303',
    graph([load], [], {
      resources: [
        { id: 'port', class: 'memory' },
        { id: 'port', class: 'memory' },
      ],
    }),
    'port',
  );
  await refused('ADC3303', graph([load], [], { resources: [{ id: 'load', class: 'memory' }] }), 'load');
  await refused('ADC3304', graph([{ ...load, steps: [hold('port', 1)] }], []), 'load', 'port');
  await refused('ADC3304', graph([{ ...load, technology: '3nm' }], []), 'load', '3nm');
  await refused('ADC3304', graph([{ ...load, steps: [{ cycles: 1, consumes: { data: 1 } }] }], []), 'load', 'data');
  await refused(
    'ADC3304',
    graph([load, { ...run, steps: [{ cycles: 1, produces: { 'load->run': 1 } }] }], [{ from: 'load', to: 'run' }]),
    'no out-edge',
  );
});

test('capacity: none, or less than what crosses at once', async () => {
  const edge = { from: 'load', to: 'run' };
  await refused(
    'ADC3305',
    graph([load, run], [{ ...edge, capacity: quantity(0, 'token') }]),
    'load',
    'run',
    'nothing can ever cross',
  );
  await refused(
    'ADC3305',
    graph([load, run], [{ ...edge, capacity: quantity(1, 'token'), initialTokens: 2 }]),
    'load',
    'run',
  );
  await refused(
    'ADC3305',
    graph([load, run], [{ ...edge, volume: quantity(64, 'byte'), capacity: quantity(15, 'byte') }]),
    'load->run',
    'less than one token',
  );
  const burst: GraphNode = { ...load, steps: [{ cycles: 8, produces: { 'load->run': 4 } }] };
  await refused(
    'ADC3305',
    graph([burst, run], [{ ...edge, capacity: quantity(3, 'token') }]),
    'load',
    'produces 4 at once',
  );
  const fits = resolveChipGraph(
    graph([load, run], [{ ...edge, volume: quantity(64, 'byte'), capacity: quantity(40, 'byte') }]),
  );
  assert.is(fits.edges[0].capacityTokens, 2);
});

test('units that do not match', async () => {
  const edge = { from: 'load', to: 'run' };
  await refused('ADC3306', graph([{ ...load, power: quantity(1, 'W') }, run], []), 'load', 'W', 'no clock');
  await refused('ADC3306', graph([{ ...load, power: quantity(1, 'pJ') as never }], []), 'node "load"', 'power.unit');
  await refused(
    'ADC3306',
    graph([load, run], [{ ...edge, volume: quantity(8, 'element') }]),
    'load->run',
    'precisionBits',
  );
  await refused(
    'ADC3306',
    graph([load, run], [{ ...edge, volume: quantity(9, 'bit'), precisionBits: 8 }]),
    'load->run',
    'no whole number',
  );
  await refused('ADC3306', graph([load, run], [{ ...edge, capacity: quantity(8, 'byte') }]), 'load->run', 'no volume');
  await refused(
    'ADC3306',
    graph([load, run], [{ ...edge, capacity: quantity(1.5, 'token') }]),
    'load->run',
    'not whole',
  );
  const inner: GraphBody = { nodes: [run], edges: [{ id: 'in', to: 'run', precisionBits: 16 }] };
  const engine = { id: 'engine', graph: 'inner' };
  await refused(
    'ADC3306',
    graph([load, engine], [{ from: 'load', to: 'engine', toPort: 'in', precisionBits: 8 }], { graphs: { inner } }),
    'load->engine',
    '8 bits',
    'engine/in',
    '16 bits',
  );
});

test('tokens that do not add up', async () => {
  const five: GraphNode = { ...run, steps: [repeat(5, { cycles: 3 })] };
  await refused('ADC3310', graph([load, five], [{ from: 'load', to: 'run' }]), 'load produces 4', 'run consumes 5');
  await refused(
    'ADC3310',
    graph([five, { ...load }], [{ from: 'run', to: 'load' }]),
    'run produces 5',
    'load consumes 4',
  );
  await refused('ADC3310', graph([run], [{ id: 'in', to: 'run', initialTokens: 3 }]), 'run', '3 initial tokens');
  assert.is(
    predictFine(resolveChipGraph(graph([load, five], [{ from: 'load', to: 'run', initialTokens: 1 }]))).prediction
      .latencyCycles,
    15,
  );
});

test('cycles without tokens', async () => {
  const nodes = ['a', 'b', 'c'].map((id): GraphNode => ({ id, class: 'compute', steps: [{ cycles: 1 }] }));
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'a' },
  ];
  const error = await expectError('ADC3307', () => resolveChipGraph(graph(nodes, edges)));
  assert.match(error.message, /a -> b -> c -> a|b -> c -> a -> b|c -> a -> b -> c/);
  await refused('ADC3307', graph([nodes[0]], [{ from: 'a', to: 'a' }]), 'a -> a');
  assert.is(
    predictFine(resolveChipGraph(graph(nodes, [...edges.slice(0, 2), { from: 'c', to: 'a', initialTokens: 1 }])))
      .prediction.latencyCycles,
    3,
  );
  // A node that first asks and then waits for the answer is no such cycle.
  const asks: GraphNode = {
    id: 'a',
    class: 'compute',
    steps: [
      { cycles: 1, produces: { 'a->b': 1 } },
      { cycles: 1, consumes: { 'b->a': 1 } },
    ],
  };
  assert.is(
    predictFine(
      resolveChipGraph(
        graph(
          [asks, nodes[1]],
          [
            { from: 'a', to: 'b' },
            { from: 'b', to: 'a' },
          ],
        ),
      ),
    ).prediction.latencyCycles,
    3,
  );
});

test('a deadlock shows the cycle in which nodes wait', async () => {
  // Both channels must be full before the reader looks at either: it wants all of x first, and the writer alternates.
  const writer: GraphNode = {
    id: 'writer',
    class: 'datapath',
    steps: [repeat(8, { cycles: 1, produces: { x: 1, y: 1 } })],
  };
  const reader: GraphNode = {
    id: 'reader',
    class: 'compute',
    steps: [
      { cycles: 1, consumes: { x: 8 } },
      { cycles: 1, consumes: { y: 8 } },
    ],
  };
  const edges = [
    { id: 'x', from: 'writer', to: 'reader', capacity: quantity(8, 'token') },
    { id: 'y', from: 'writer', to: 'reader', capacity: quantity(8, 'token') },
  ];
  assert.is(predictFine(resolveChipGraph(graph([writer, reader], edges))).prediction.latencyCycles, 10);
  const halves: GraphNode = {
    ...reader,
    steps: [{ cycles: 1, consumes: { x: 8 } }, repeat(2, { cycles: 1, consumes: { y: 4 } })],
  };
  const error = await expectError('ADC3309', () =>
    predictFine(resolveChipGraph(graph([writer, halves], [edges[0], { ...edges[1], capacity: quantity(4, 'token') }]))),
  );
  assert.match(
    error.message,
    /deadlocks at cycle 4, with 2 of 2 nodes unfinished\. (writer -> reader -> writer|reader -> writer -> reader): /,
  );
  assert.match(error.message, 'writer waits for room for 1 more token on edge y (capacity 4) to reader');
  assert.match(error.message, 'reader waits for 4 more tokens of edge x from writer');
  assert.is(error.exitCode, 1);
});

test('sub-graphs: missing, endless, ports and resources that are not there', async () => {
  const body: GraphBody = {
    resources: [{ id: 'port', class: 'memory' }],
    nodes: [{ ...run, steps: [repeat(4, hold('port', 3))] }],
    edges: [{ id: 'in', to: 'run' }],
  };
  const engine: GraphNode = { id: 'engine', graph: 'inner' };
  await refused('ADC3304', graph([engine], []), 'engine', 'inner');
  await refused(
    'ADC3308',
    graph([engine], [], { graphs: { inner: { nodes: [{ id: 'again', graph: 'inner' }], edges: [] } } }),
    'contain itself',
  );
  const connected = { from: 'load', to: 'engine' };
  await refused('ADC3304', graph([load, engine], [connected], { graphs: { inner: body } }), 'engine', 'toPort');
  await refused(
    'ADC3304',
    graph([load, engine], [{ ...connected, toPort: 'out' }], { graphs: { inner: body } }),
    'out',
    'open: in',
  );
  await refused('ADC3304', graph([load, run], [{ from: 'load', to: 'run', toPort: 'in' }]), 'no sub-graph');
  await refused(
    'ADC3303',
    graph(
      [load, { ...load, id: 'other' }, engine],
      [
        { ...connected, toPort: 'in' },
        { from: 'other', to: 'engine', toPort: 'in' },
      ],
      { graphs: { inner: body } },
    ),
    'load->engine',
    'other->engine',
  );
  await refused(
    'ADC3304',
    graph([{ ...engine, resources: { port: 'dram' } }], [], { graphs: { inner: body } }),
    'engine',
    'dram',
  );
  await refused(
    'ADC3304',
    graph([{ ...engine, resources: { ports: 'dram' } }], [], {
      resources: [{ id: 'dram', class: 'memory' }],
      graphs: { inner: body },
    }),
    'ports',
  );
  await refused('ADC3310', graph([engine], [], { graphs: { inner: body } }), 'engine/in', 'engine/run');
});

test('large: nested and repeated sub-graphs, cycles beyond exact numbers, nested loops', async () => {
  const level = (inner: string): GraphBody => ({
    nodes: Array.from({ length: 60 }, (_, index): GraphNode => ({ id: `n${index}`, graph: inner })),
    edges: [],
  });
  const graphs = {
    g0: { nodes: [load], edges: [] },
    g1: level('g0'),
    g2: level('g1'),
    g3: level('g2'),
    g4: level('g3'),
    g5: level('g4'),
  };
  await refused('ADC3308', graph([{ id: 'top', graph: 'g5' }], [], { graphs }), String(graphLimits.nodes));
  await refused(
    'ADC3308',
    graph([{ id: 'long', class: 'compute', steps: [repeat(2 ** 40, { cycles: 2 ** 20 })] }], []),
    'long',
  );
  let nested = repeat(1, { cycles: 1 });
  for (let depth = 0; depth < 20; depth++) nested = repeat(1, nested);
  await refused('ADC3308', graph([{ id: 'deep', class: 'compute', steps: [nested] }], []), 'deep');
  for (let depth = 0; depth < 20_000; depth++) nested = repeat(1, nested);
  await refused('ADC3308', graph([{ id: 'deep', class: 'compute', steps: [nested] }], []));
});

test('form: the message names the node and the field', async () => {
  await refused('ADC3302', { ...graph([{ ...load, steps: [{ cycles: 0 }] }], []) }, 'node "load"', 'steps[0].cycles');
  await refused('ADC3302', { ...graph([{ ...load, steps: [repeat(0, { cycles: 1 })] }], []) }, 'node "load"', 'repeat');
  await refused('ADC3302', { ...graph([{ ...load, colour: 'red' } as GraphNode], []) }, 'node "load"', 'colour');
  await refused('ADC3302', graph([{ id: 'bare', class: 'compute' }], []), 'bare', 'no steps');
  await refused('ADC3302', graph([{ id: 'what', steps: [{ cycles: 1 }] }], []), 'what', 'no class');
  await refused(
    'ADC3302',
    graph([{ ...load, power: quantity(1, 'W'), energyPerBusyCycle: quantity(1, 'pJ') }], [], {
      clock: quantity(1, 'GHz'),
    }),
    'load',
  );
  await refused('ADC3302', { ...graph([load], []), schemaVersion: 2 as never }, 'schemaVersion');
  await refused('ADC3302', [] as never, 'the file');
  await refused(
    'ADC3302',
    graph([{ ...load, energyPerBusyCycle: quantity(1, 'pJ'), steps: [hold('port', 1)] }], [], {
      resources: [{ id: 'port', class: 'memory' }],
    }),
    'load',
  );
});

test('files that cannot be read', async () => {
  const folder = temporaryFolder();
  await expectError('ADC3301', () => readChipGraph(join(folder, 'none.chip.json')));
  await expectError('ADC3301', () => readChipGraph(folder));
  const cut = join(folder, 'cut.chip.json');
  writeFileSync(cut, '{ "schemaVersion": 1,');
  assert.match((await expectError('ADC3301', () => readChipGraph(cut))).message, cut);
});

test('the builder makes what the format says, with sub-graphs of other graphs', () => {
  const inner = buildChipGraph({ name: 'inner' }).node(run).edge({ id: 'in', to: 'run' }).graph();
  const middle = buildChipGraph({ name: 'middle' })
    .define('inner', inner)
    .subGraph('core', 'inner')
    .edge({ id: 'in', to: 'core', toPort: 'in' })
    .graph();
  const whole = buildChipGraph({ name: 'whole', clock: quantity(100, 'MHz') })
    .define('middle', middle)
    .node(load)
    .subGraph('left', 'middle')
    .node({ ...load, id: 'load 2' })
    .subGraph('right', 'middle')
    .edge({ from: 'load', to: 'left', toPort: 'in' })
    .edge({ from: 'load 2', to: 'right', toPort: 'in' })
    .graph();
  const { prediction } = predictFine(resolveChipGraph(parseChipGraph(JSON.parse(JSON.stringify(whole)))));
  assert.equal(
    prediction.nodes.map(({ id }) => id),
    ['load', 'left/core/run', 'load 2', 'right/core/run'],
  );
  assert.is(prediction.latencyCycles, 14);
  assert.is(prediction.latencySeconds, 1.4e-7);
});

test('a sub-graph is the same as its parts in its place, with a resource of the graph around it', () => {
  const stage = (id: string, port: string): GraphNode => ({
    id,
    class: 'compute',
    steps: [
      repeat(4, { ...hold(port, 3), consumes: { [`in ${id}`]: 1 } }, { cycles: 2, produces: { [`out ${id}`]: 1 } }),
    ],
  });
  const port = { id: 'port', class: 'memory' } as const;
  const inner: GraphBody = {
    resources: [{ ...port, id: 'memory' }],
    nodes: [stage('a', 'memory')],
    edges: [
      { id: 'in a', to: 'a' },
      { id: 'out a', from: 'a' },
    ],
  };
  const feed: GraphNode = {
    id: 'feed',
    class: 'datapath',
    steps: [repeat(4, hold('port', 2, { produces: { x: 1 } }))],
  };
  const drain: GraphNode = { id: 'drain', class: 'datapath', steps: [repeat(4, hold('port', 1))] };
  const part = { id: 'part', graph: 'inner', resources: { memory: 'port' } };
  const parts = graph(
    [feed, part, drain],
    [
      { id: 'x', from: 'feed', to: 'part', toPort: 'in a', capacity: quantity(1, 'token') },
      { id: 'y', from: 'part', fromPort: 'out a', to: 'drain' },
    ],
    { resources: [port], graphs: { inner } },
  );
  const flat = graph([feed, { ...stage('a', 'port'), id: 'part/a' }, drain], [], { resources: [port] });
  const whole = {
    ...flat,
    edges: [
      { id: 'x', from: 'feed', to: 'part/a', capacity: quantity(1, 'token') },
      { id: 'y', from: 'part/a', to: 'drain' },
    ],
  };
  const renamed = JSON.parse(
    JSON.stringify(whole).replaceAll('"in a"', '"x"').replaceAll('"out a"', '"y"'),
  ) as ChipGraph;
  assert.equal(predictFine(resolveChipGraph(parts)).prediction, predictFine(resolveChipGraph(renamed)).prediction);
  assert.equal(
    resolveChipGraph(parts).resources.map(({ id }) => id),
    ['port', 'part/a'],
  );
});

test.run();
