import {
  buildChipGraph,
  hold,
  quantity,
  repeat,
  resolveChipGraph,
  type ChipGraph,
  type GraphNode,
} from '@autodnnchip/core';
import { predictCoarse, predictFine, predictGraph } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('several clocks');

function megahertz(value: number): { readonly clock: ReturnType<typeof quantity<'MHz'>> } {
  return { clock: quantity(value, 'MHz') };
}

function graph(nodes: readonly GraphNode[], edges: ChipGraph['edges'], rest: Partial<ChipGraph> = {}): ChipGraph {
  return { schemaVersion: 1, name: 'test', ...megahertz(200), nodes, edges, ...rest };
}

test('cycles of a state are those of its own clock, reported in the clock of the graph', () => {
  const { prediction } = predictGraph({
    mode: 'fine',
    graph: graph(
      [
        { id: 'slow', class: 'compute', steps: [{ cycles: 30 }] },
        {
          id: 'double',
          class: 'compute',
          ...megahertz(400),
          steps: [repeat(10, { cycles: 5 })],
          energyPerBusyCycle: quantity(2, 'pJ'),
        },
        { id: 'half', class: 'compute', ...megahertz(100), steps: [{ cycles: 7 }], power: quantity(1, 'mW') },
      ],
      [],
    ),
  });
  assert.equal(
    prediction.nodes.map(({ busyCycles }) => busyCycles),
    [30, 25, 14],
  );
  assert.equal(
    prediction.nodes.map(({ finishCycle }) => finishCycle),
    [30, 25, 14],
  );
  assert.is(prediction.latencyCycles, 30);
  assert.is(prediction.clockMegahertz, 200);
  assert.is(prediction.latencySeconds, 150e-9);
  // 50 cycles of 2 pJ; 7 cycles of 10 ns at 1 mW.
  assert.equal(
    prediction.nodes.map(({ energyPicojoules }) => energyPicojoules),
    [0, 100, 70],
  );
  assert.equal(
    prediction.resources.map(({ clockMegahertz }) => clockMegahertz),
    [undefined, 400, 100],
  );
});

test('what comes from another clock is seen at the next edge, at the same instant where edges coincide', () => {
  // 300 MHz: edges at 0, 2, 4, 6 … ticks of 600 MHz; 200 MHz: at 0, 3, 6 ….
  const run = (cycles: number): { readonly waits: number[]; readonly latency: number } => {
    const {
      prediction: { nodes, latencyCycles },
    } = predictGraph({
      mode: 'fine',
      graph: graph(
        [
          { id: 'make', class: 'datapath', ...megahertz(300), steps: [{ cycles }] },
          { id: 'take', class: 'compute', steps: [{ cycles: 2 }] },
        ],
        [{ from: 'make', to: 'take' }],
      ),
    });
    return { waits: [nodes[1].waitInputCycles! * 3, nodes[1].waitClockCycles! * 3], latency: latencyCycles };
  };
  assert.equal(run(1), { waits: [2, 1], latency: 3 });
  assert.equal(run(2), { waits: [4, 2], latency: 4 });
  assert.equal(run(3), { waits: [6, 0], latency: 4 });
});

test('room and resources cross in the same way, and the order of nodes decides at the edge', () => {
  const port = { id: 'port', class: 'memory', ...megahertz(100) } as const;
  const { prediction } = predictGraph({
    mode: 'fine',
    graph: graph(
      [
        { id: 'late', class: 'datapath', steps: [{ cycles: 1 }, hold('port', 2)] },
        { id: 'early', class: 'datapath', ...megahertz(400), steps: [{ cycles: 1 }, hold('port', 1)] },
      ],
      [],
      { resources: [port] },
    ),
  });
  // Both want the port before its edge at cycle 2 of 200 MHz: the first in the file gets it, though the other came
  // earlier.
  assert.equal(
    prediction.nodes.map(({ finishCycle }) => finishCycle),
    [6, 8],
  );
  assert.equal(
    prediction.nodes.map(({ waitClockCycles }) => waitClockCycles),
    [1, 1.5],
  );
  assert.equal(
    prediction.nodes.map(({ waitResourceCycles }) => waitResourceCycles),
    [0, 4],
  );
});

test('busy and waiting cycles of a node add up to its end; bounds hold', () => {
  const sample = graph(
    [
      { id: 'fetch', class: 'datapath', steps: [repeat(100, hold('DRAM', 7))] },
      { id: 'dsp', class: 'compute', ...megahertz(480), steps: [repeat(100, { cycles: 11 })] },
      { id: 'store', class: 'datapath', steps: [repeat(100, hold('DRAM', 3))] },
    ],
    [
      { from: 'fetch', to: 'dsp', capacity: quantity(2, 'token') },
      { from: 'dsp', to: 'store', capacity: quantity(1, 'token') },
    ],
    {
      resources: [{ id: 'DRAM', class: 'memory', clock: quantity(533.25, 'MHz') }],
    },
  );
  const resolved = resolveChipGraph(sample);
  const { prediction } = predictFine(resolved);
  for (const {
    id,
    busyCycles,
    waitInputCycles,
    waitOutputCycles,
    waitResourceCycles,
    waitClockCycles,
    finishCycle,
  } of prediction.nodes) {
    const sum = busyCycles + waitInputCycles! + waitOutputCycles! + waitResourceCycles! + waitClockCycles!;
    assert.ok(Math.abs(sum - finishCycle!) < 1e-9 * finishCycle!, id);
  }
  const coarse = predictCoarse(resolved);
  assert.ok(
    coarse.latencyCycles <= prediction.latencyCycles && prediction.latencyCycles <= coarse.latencyUpperBoundCycles!,
  );
});

test('frequencies are taken as they are written, and steady states are still skipped', () => {
  const tiles = 2 ** 30;
  const pipeline = (first: number, second: number): ChipGraph =>
    graph(
      [
        { id: 'load', class: 'datapath', ...megahertz(first), steps: [repeat(tiles, { cycles: 3 })] },
        { id: 'run', class: 'compute', ...megahertz(second), steps: [repeat(tiles, { cycles: 5 })] },
      ],
      [{ from: 'load', to: 'run', capacity: quantity(2, 'token') }],
    );
  const resolved = resolveChipGraph(pipeline(533.33, 200));
  // 533.33 and 200 MHz: ticks of 10,666.6 GHz.
  assert.equal([resolved.ticksPerCycle, resolved.resources[0].periodTicks], [53_333, 20_000]);
  const { prediction } = predictFine(resolved);
  assert.ok(prediction.simulation!.simulatedExecutions < 400_000, String(prediction.simulation!.simulatedExecutions));
  // The first tile is there after 3 cycles of 533.33 MHz, and seen at the edge behind that; from then on `run` is
  // always busy.
  assert.is(prediction.latencyCycles, 2 + 5 * tiles);
  assert.is(predictGraph({ graph: pipeline(300, 600), mode: 'fine' }).prediction.latencyCycles, 2 * tiles + 5 / 3);
  assert.ok(predictGraph({ graph: pipeline(300, 600), mode: 'fine' }).prediction.simulation!.simulatedExecutions < 500);
});

test('one clock under several names is one clock', () => {
  const nodes: GraphNode[] = [
    { id: 'a', class: 'compute', clock: quantity(0.2, 'GHz'), steps: [{ cycles: 4 }] },
    { id: 'b', class: 'compute', clock: quantity(200_000, 'kHz'), steps: [{ cycles: 4 }] },
  ];
  const { prediction } = predictGraph({ graph: graph(nodes, [{ from: 'a', to: 'b' }]), mode: 'fine' });
  assert.is(prediction.latencyCycles, 8);
  assert.is(prediction.nodes[0].waitClockCycles, undefined);
});

test('a sub-graph has the clock of its place, or of its own, or of the graph around it', () => {
  const inner = buildChipGraph({ name: 'inner' })
    .node({ id: 'run', class: 'compute', steps: [{ cycles: 12 }] })
    .graph();
  const fast = buildChipGraph({ name: 'fast', clock: quantity(600, 'MHz') })
    .define('inner', inner)
    .subGraph('deep', 'inner')
    .graph();
  const { prediction } = predictGraph({
    mode: 'fine',
    graph: graph(
      [
        { id: 'around', graph: 'inner' },
        { id: 'own', graph: 'fast' },
        { id: 'place', graph: 'inner', ...megahertz(400) },
      ],
      [],
      {
        graphs: {
          inner: { nodes: inner.nodes, edges: [] },
          fast: { clock: quantity(600, 'MHz'), nodes: fast.nodes, edges: [] },
        },
      },
    ),
  });
  assert.equal(
    prediction.nodes.map(({ id, busyCycles }) => [id, busyCycles]),
    [
      ['around/run', 12],
      ['own/deep/run', 4],
      ['place/run', 6],
    ],
  );
});

test('a resource that is connected to one outside runs at the clock of that', () => {
  const body = {
    resources: [{ id: 'port', class: 'memory' as const }],
    nodes: [{ id: 'run', class: 'compute' as const, steps: [hold('port', 10)] }],
    edges: [],
  };
  const outer = graph([{ id: 'engine', graph: 'inner', ...megahertz(400), resources: { port: 'DRAM' } }], [], {
    resources: [{ id: 'DRAM', class: 'memory', ...megahertz(100) }],
    graphs: { inner: body },
  });
  assert.is(predictGraph({ graph: outer, mode: 'fine' }).prediction.latencyCycles, 20);
});

test('clocks that cannot be', async () => {
  const node = (value: number): GraphNode => ({
    id: 'dsp',
    class: 'compute',
    ...megahertz(value),
    steps: [{ cycles: 1 }],
  });
  const refused = async (
    code: 'ADC3302' | 'ADC3306' | 'ADC3308' | 'ADC3312',
    bad: ChipGraph,
    ...texts: readonly string[]
  ): Promise<void> => {
    const error = await expectError(code, () => resolveChipGraph(bad));
    for (const text of texts) assert.ok(error.message.includes(text), `${error.message} lacks ${text}`);
    assert.ok(error.hint !== undefined);
  };
  await refused('ADC3306', graph([node(0)], []), 'Node dsp', '0 MHz');
  const { clock: _, ...unclocked } = graph([node(100)], []);
  await refused('ADC3306', unclocked, 'Node dsp', '100 MHz', 'the graph test none');
  await refused(
    'ADC3312',
    graph([node(199.999999)], []),
    'Node dsp',
    '199.999999 MHz',
    '200 MHz of the graph test',
    'the limit is 1000000',
  );
  await refused('ADC3308', graph([{ ...node(199.99), steps: [repeat(2 ** 40, { cycles: 1 })] }], []), 'dsp', 'ticks');
  await refused(
    'ADC3302',
    graph([{ ...node(100), steps: [hold('port', 1)] }], [], { resources: [{ id: 'port', class: 'memory' }] }),
    'dsp',
    'clock',
  );
  const inner = {
    resources: [{ id: 'port', class: 'memory' as const, ...megahertz(300) }],
    nodes: [{ ...node(300), steps: [hold('port', 1), { cycles: 1 }] }],
    edges: [],
  };
  await refused(
    'ADC3306',
    graph([{ id: 'engine', graph: 'inner', resources: { port: 'DRAM' } }], [], {
      resources: [{ id: 'DRAM', class: 'memory' }],
      graphs: { inner },
    }),
    'engine/port',
    '300 MHz',
    'DRAM',
    '200 MHz',
  );
  await refused(
    'ADC3306',
    graph([{ id: 'engine', graph: 'inner', ...megahertz(60) }], [], {
      graphs: { inner: { ...inner, ...megahertz(70) } },
    }),
    'Node engine',
    '60 MHz',
    'inner',
    '70 MHz',
  );
  const sub = {
    clock: quantity(60, 'MHz'),
    nodes: [{ id: 'run', class: 'compute' as const, steps: [{ cycles: 1 }] }],
    edges: [],
  };
  const { clock: __, ...without } = graph([{ id: 'engine', graph: 'inner' }], [], { graphs: { inner: sub } });
  await refused('ADC3306', without, 'The sub-graph engine', '60 MHz', 'none');
});

test('a deadlock tells its time in cycles of the graph', async () => {
  const full = graph(
    [
      {
        id: 'writer',
        class: 'datapath',
        ...megahertz(400),
        steps: [repeat(8, { cycles: 1, produces: { x: 1, y: 1 } })],
      },
      {
        id: 'reader',
        class: 'compute',
        steps: [{ cycles: 1, consumes: { x: 8 } }, repeat(2, { cycles: 1, consumes: { y: 4 } })],
      },
    ],
    [
      { id: 'x', from: 'writer', to: 'reader' },
      { id: 'y', from: 'writer', to: 'reader', capacity: quantity(4, 'token') },
    ],
  );
  const stuck = await expectError('ADC3309', () => predictGraph({ graph: full, mode: 'fine' }));
  assert.match(stuck.message, 'deadlocks at cycle 2,');
  assert.match(stuck.message, 'writer waits for room for 1 more token on edge y');
});

test('a timeline is in cycles of the graph', () => {
  const { trace } = predictGraph({
    mode: 'fine',
    traceEvents: 100,
    graph: graph([{ id: 'dsp', class: 'compute', ...megahertz(400), steps: [{ cycles: 1 }, { cycles: 4 }] }], []),
  });
  const events = (
    JSON.parse(trace!.json) as { traceEvents: { ph: string; ts?: number; dur?: number }[] }
  ).traceEvents.filter(({ ph }) => ph === 'X');
  assert.equal(
    events.map(({ ts, dur }) => [ts, dur]),
    [
      [0, 0.5],
      [0.5, 2],
    ],
  );
});

test.run();
