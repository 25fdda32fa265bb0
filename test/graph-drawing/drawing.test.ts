import { quantity, readChipGraph, repeat, type ChipGraph, type GraphNode } from '@autodnnchip/core';
import { drawGraph, drawingLimits } from '@autodnnchip/plugin-graph-drawing';
import { predictGraph, systolicGemm, systolicGemmBlocks } from '@autodnnchip/plugin-graph-predictor';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('drawings of graphs');
const tiled = readChipGraph('examples/graphs/tiled-conv.chip.json');

interface Rectangle {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

/** Fails when the file is no XML with elements that are closed in order and text without markup in it. */
function checkXml(svg: string): void {
  const open: string[] = [];
  let end = 0;
  for (const match of svg.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>/g)) {
    const between = svg.slice(end, match.index);
    assert.not.match(between, /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/);
    end = match.index + match[0].length;
    if (match[1] === '/') assert.is(open.pop(), match[2]);
    else if (match[4] === '') open.push(match[2]);
  }
  assert.equal(open, []);
  assert.not.match(svg, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
  assert.not.match(svg, /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
}

/** Rectangles of boxes that are rectangles, which those of memories are not. */
function boxes(svg: string): readonly Rectangle[] {
  return [
    ...svg.matchAll(
      /<g class="node"><title>([^\n<]*)[^<]*<\/title>\n<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g,
    ),
  ].map(([, title, ...numbers]) => rectangle(title, numbers.map(Number)));
}

function rectangle(title: string, [x, y, width, height]: readonly number[]): Rectangle {
  return { title, x, y, right: x + width, bottom: y + height };
}

function overlap(left: Rectangle, right: Rectangle): boolean {
  return left.x < right.right && right.x < left.right && left.y < right.bottom && right.y < left.bottom;
}

test('nodes, sub-graphs, edges and resources with what there is to say about them', async () => {
  const { svg, nodes, boxes: count } = await drawGraph(tiled);
  checkXml(svg);
  assert.is(nodes, 5);
  assert.is(count, 5);
  for (const text of [
    'load weights',
    '64 × (memory port 138)',
    'take weights 1, 64 × (tile 288)',
    '>engine<',
    '64 KiB, 8-bit',
    '128 KiB, 32-bit',
    'room for 2',
    'memory port (memory), 3 nodes use it, 1.8 nJ a busy cycle, 5 mW static',
    'clock 200 MHz',
    '>compute<',
    '>memory<',
    '>datapath<',
    '>sub-graph<',
  ])
    assert.ok(svg.includes(text), text);
  assert.not.match(svg, 'bottleneck');
});

test('boxes do not overlap, and those of a sub-graph lie in it', async () => {
  for (const graph of [tiled, systolicGemm(4)]) {
    const { svg } = await drawGraph(graph);
    const all = boxes(svg);
    assert.ok(all.length >= 5);
    for (const [index, box] of all.entries())
      for (const other of all.slice(0, index)) assert.not(overlap(box, other), `${box.title} and ${other.title}`);
  }
  const { svg } = await drawGraph(tiled);
  const [, ...numbers] = /<rect class="sub-graph" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/.exec(
    svg,
  )!;
  const engine = rectangle('engine', numbers.map(Number));
  for (const box of boxes(svg)) {
    const isInside = box.x >= engine.x && box.right <= engine.right && box.y >= engine.y && box.bottom <= engine.bottom;
    assert.is(isInside, box.title.startsWith('engine/'), box.title);
    assert.is(overlap(box, engine), isInside, box.title);
  }
});

test('a prediction shows who is busy, who waits, and the bottleneck', async () => {
  const fine = await drawGraph(tiled, predictGraph({ graph: tiled, mode: 'fine' }));
  checkXml(fine.svg);
  const group = fine.svg.split('<g class="node">').find(part => part.startsWith('<title>engine/MACs'))!;
  for (const text of ['>bottleneck<', 'stroke="#c81e1e"', 'busy 93 %, input 7 %'])
    assert.ok(group.includes(text), text);
  assert.is(fine.svg.split('>bottleneck<').length, 2);
  for (const text of ['fine mode: 19,870 cycles = 99.4 µs', 'room 47 %', 'busy 74 %', 'waits for room'])
    assert.ok(fine.svg.includes(text), text);
  const coarse = await drawGraph(tiled, predictGraph({ graph: tiled, mode: 'coarse' }));
  assert.match(coarse.svg, 'coarse mode: ');
  assert.not.match(coarse.svg, 'waits for room');
});

test('clocks other than that of the graph, and who waits for them', async () => {
  const graph = readChipGraph('examples/graphs/two-clocks.chip.json');
  const { svg } = await drawGraph(graph, predictGraph({ graph, mode: 'fine' }));
  for (const text of ['128 × (tile 256) at 400 MHz', 'at 533 MHz, 320 pJ a busy cycle', 'waits for its clock'])
    assert.ok(svg.includes(text), text);
  assert.not.match((await drawGraph(tiled, predictGraph({ graph: tiled, mode: 'fine' }))).svg, 'waits for its clock');
  const node = (id: string, rest: Partial<GraphNode> = {}): GraphNode => ({
    id,
    class: 'compute',
    steps: [{ cycles: 1 }],
    ...rest,
  });
  const mixed: ChipGraph = {
    schemaVersion: 1,
    name: 'mixed',
    clock: quantity(200, 'MHz'),
    nodes: [node('a'), node('b', { clock: quantity(400, 'MHz') }), node('c')],
    edges: [],
  };
  assert.is((await drawGraph(mixed, { fold: true })).boxes, 2);
});

test('the same graph is drawn the same every time', async () => {
  const again = predictGraph({ graph: tiled, mode: 'fine' });
  assert.is((await drawGraph(tiled, again)).svg, (await drawGraph(tiled, again)).svg);
  assert.is((await drawGraph(systolicGemm(3))).svg, (await drawGraph(systolicGemm(3))).svg);
});

test('large graphs: nodes of equal structure are one box', async () => {
  const large = await drawGraph(systolicGemmBlocks(16));
  assert.is(large.nodes, 37_888);
  assert.is(large.boxes, 3);
  checkXml(large.svg);
  for (const text of ['32,768 × MAC …', '93,184 edges', '256 × array writer (…)'])
    assert.ok(large.svg.includes(text), text);
  assert.ok(large.svg.length < 50_000);
  assert.is((await drawGraph(systolicGemm(3), { fold: true })).boxes, 3);
});

test('equal sub-graphs in one place are one, with what all of them say together', async () => {
  const stage: GraphNode = { id: 'stage', class: 'compute', steps: [repeat(4, { cycles: 3 })] };
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'lanes',
    graphs: {
      lane: {
        nodes: [stage, { ...stage, id: 'last' }],
        edges: [{ from: 'stage', to: 'last', volume: quantity(1, 'KiB') }],
      },
    },
    nodes: Array.from({ length: 10 }, (_, index) => ({ id: `lane ${index}`, graph: 'lane' })),
    edges: [],
  };
  const { svg, boxes: count } = await drawGraph(graph, { fold: true });
  assert.is(count, 2);
  for (const text of ['10 × lane … (lane)', '10 × stage', '10 edges', '10 KiB']) assert.ok(svg.includes(text), text);
  assert.is((await drawGraph(graph)).boxes, 20);
});

test('a graph that is too large also when folded is refused', async () => {
  const nodes = Array.from({ length: drawingLimits.boxes + 1 }, (_, index): GraphNode => ({
    id: `n${index}`,
    class: 'compute',
    steps: [{ cycles: index + 1 }],
  }));
  const graph: ChipGraph = { schemaVersion: 1, name: 'various', nodes, edges: [] };
  const error = await expectError('ADC3311', () => drawGraph(graph));
  for (const text of ['various', '301 boxes', 'equal structure'])
    assert.ok(error.message.includes(text), error.message);
  await expectError('ADC3311', () => drawGraph(systolicGemm(8), { fold: false }));
});

test('names are text, whatever is in them', async () => {
  const hostile =
    '<script>alert("x")</script> & \'y\' ]]> <!-- \ud83d\ude00 \ud800 --> \u202e 日本語 ' + 'w'.repeat(120);
  const node: GraphNode = {
    id: hostile.replaceAll('/', '|'),
    class: 'memory',
    steps: [{ name: `${hostile}\u0007`, cycles: 1, resource: 'r&<>' }],
  };
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: `${hostile}\u0000\u001b`,
    title: hostile,
    nodes: [node],
    resources: [{ id: 'r&<>', class: 'datapath' }],
    edges: [{ id: 'x"><b>', from: node.id }],
  };
  const { svg } = await drawGraph(graph, predictGraph({ graph, mode: 'fine' }));
  checkXml(svg);
  for (const text of ['<script', '<b>', 'alert("']) assert.not.ok(svg.includes(text), text);
  for (const text of ['&lt;script&gt;', '日本語', '\u{1f600}']) assert.ok(svg.includes(text), text);
});

test('a node beside itself, open edges, a loop of edges, long state machines', async () => {
  const steps = Array.from({ length: 200 }, (_, index) => ({ name: `state ${index}`, cycles: 1 }));
  const graph: ChipGraph = {
    schemaVersion: 1,
    name: 'odd',
    nodes: [
      { id: 'a', class: 'compute', steps },
      { id: 'b', class: 'compute', steps: [{ cycles: 1 }] },
    ],
    edges: [
      { id: 'self', from: 'a', to: 'a', initialTokens: 1 },
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a', initialTokens: 1 },
      { id: 'in', to: 'a', initialTokens: 1 },
      { id: 'out', from: 'b' },
    ],
  };
  const { svg } = await drawGraph(graph);
  checkXml(svg);
  assert.is(svg.split('marker-end').length - 1, 5 + 1);
  assert.is(svg.split('<circle').length - 1, 2);
  assert.ok(svg.length < 20_000);
});

test.run();
