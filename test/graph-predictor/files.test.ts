import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatChipGraph, parseChipGraph, readChipGraph, resolveChipGraph } from '@autodnnchip/core';
import { adderTreeConvolution, predictFine, systolicGemm } from '@autodnnchip/plugin-graph-predictor';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { graphDrawings, graphFiles } from '../../bench/graph-files.js';
import { suite } from '../support/suite.js';

const test = suite('graph files');
const folder = 'examples/graphs';
const examples = readdirSync(folder).filter(name => name.endsWith('.chip.json'));
const schema = JSON.parse(readFileSync('core/schemas/chip-graph.schema.json', 'utf8')) as Record<string, unknown>;

test('schema, generated examples and drawings are current', async () => {
  for (const [path, content] of [...graphFiles(), ...(await graphDrawings())])
    assert.ok(readFileSync(path, 'utf8') === content, `${path}: run bench/graph-files.ts`);
});

test('the examples follow the schema and can be predicted', () => {
  assert.ok(examples.length >= 3);
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  for (const name of examples) {
    const document = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { $schema: string };
    assert.ok(validate(document), `${name}: ${JSON.stringify(validate.errors, undefined, 2)}`);
    assert.is(join(folder, document.$schema), 'core/schemas/chip-graph.schema.json');
    assert.ok(predictFine(resolveChipGraph(readChipGraph(join(folder, name)))).prediction.latencyCycles > 0);
  }
});

test('the schema refuses what the program refuses', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  const good = JSON.parse(JSON.stringify(systolicGemm(2))) as {
    nodes: { steps: Record<string, unknown>[] }[];
    clock: unknown;
  };
  assert.ok(validate(good));
  good.nodes[0].steps[0]['cycles'] = 0;
  assert.not(validate(good));
  good.nodes[0].steps[0]['cycles'] = 1;
  good.clock = { value: 1, unit: 'THz' };
  assert.not(validate(good));
});

test('a graph is the same after it was written and read', () => {
  for (const graph of [systolicGemm(4), adderTreeConvolution(), readChipGraph(join(folder, 'tiled-conv.chip.json'))]) {
    assert.equal(parseChipGraph(JSON.parse(formatChipGraph(graph))), graph);
  }
});

test.run();
