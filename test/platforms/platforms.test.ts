import { readFileSync } from 'node:fs';
import {
  createAutoDNNchip,
  overridePlatform,
  parsePlatform,
  readPlatform,
  technologyFigures,
  type Platform,
  type SourcedFigure,
} from '@autodnnchip/core';
import { asic, asic28nmPlatform, asic45nmPlatform } from '@autodnnchip/platform-asic';
import { asic65nm, asic65nmPlatform } from '@autodnnchip/platform-asic-65nm';
import { ecp585f, ecp585fPlatform } from '@autodnnchip/platform-ecp5-85f';
import { ultra96, ultra96Platform } from '@autodnnchip/platform-ultra96';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const platforms = suite('platforms');
const all: readonly Platform[] = [
  ultra96Platform(),
  ecp585fPlatform(),
  asic65nmPlatform(),
  asic45nmPlatform(),
  asic28nmPlatform(),
];
const root = new URL('../../', import.meta.url);

function platformFile(id: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`platform-plugins/${id}/platform.json`, root), 'utf8')) as Record<
    string,
    unknown
  >;
}

platforms('the plugins define them', () => {
  const { definitions } = createAutoDNNchip({
    plugins: [ultra96(), ecp585f(), asic65nm({ clockMegahertz: 250 }), asic()],
  });
  assert.equal(
    definitions.platforms.list().map(({ id }) => id),
    ['ultra96', 'ecp5-85f', 'asic-65nm', 'asic-45nm', 'asic-28nm'],
  );
  assert.is(definitions.platforms.get('asic-65nm').clockMegahertz, 250);
});

platforms('devices have the sizes of their data sheets', () => {
  assert.equal(all[0]?.limits, { fpga: { lut: 70560, ff: 141120, dsp: 360, bram: 216 } });
  assert.equal(all[1]?.limits, { fpga: { lut: 83640, ff: 83640, dsp: 156, bram: 208 } });
  assert.equal(all[2]?.limits, { areaSquareMillimetres: 5, sramBytes: 131072, powerMilliwatts: 600 });
});

platforms('the bus asks no more of external memory than it gives', () => {
  for (const { id, clockMegahertz, memory } of all) {
    assert.ok((clockMegahertz * 1e6 * memory.busBytes) / memory.beatIntervalCycles <= memory.peakBytesPerSecond, id);
  }
});

platforms('every figure has its unit and a source', () => {
  for (const { id, technology, sources } of all) {
    for (const [name, figure] of Object.entries(technology.figures)) {
      assert.is(figure.unit, technologyFigures[name as keyof typeof technologyFigures]?.unit, `${id} ${name}`);
      assert.ok(figure.source.length > 5, `${id} ${name}`);
    }
    for (const field of ['clockMegahertz', 'memory.readLatencyCycles', 'memory.burstGapCycles', 'memory.busBytes']) {
      assert.ok(
        sources.some(line => line.startsWith(`${field}: `)),
        `${id}: source of ${field}`,
      );
    }
  }
});

platforms('parts of the memory model can be replaced, and the sources say so', () => {
  const platform = ultra96Platform({
    memory: { readLatencyCycles: 80, burstGapCycles: 0 },
    clockMegahertz: 150,
    id: 'ultra96-slow',
    source: 'measured on my board',
  });
  const { memory } = ultra96Platform();
  // The memory's own rate stays what it is in bytes per second: a slower clock gets more of it in a cycle.
  assert.is(memory.sharedBytesPerKilocycle, Math.floor(4266666667 / 200e3));
  assert.equal(platform.memory, {
    ...memory,
    readLatencyCycles: 80,
    burstGapCycles: 0,
    sharedBytesPerKilocycle: Math.floor(4266666667 / 150e3),
  });
  assert.ok(platform.sources.some(line => line.startsWith('memory.sharedBytesPerKilocycle: 28444 ')));
  assert.is(platform.clockMegahertz, 150);
  assert.is(platform.id, 'ultra96-slow');
  assert.equal(
    platform.sources.filter(line => /readLatencyCycles|clockMegahertz/.test(line)),
    ['clockMegahertz: 150: measured on my board', 'memory.readLatencyCycles: 80: measured on my board'],
  );
});

platforms('replacements that cannot be are refused', async () => {
  const refused = [
    { memory: { busBytes: 12 } },
    { memory: { readLatencyCycles: 0 } },
    { memory: { burstGapCycles: 1.5 } },
    { clockMegahertz: -1 },
  ];
  for (const overrides of refused) await expectError('ADC4010', () => overridePlatform(ecp585fPlatform(), overrides));
});

platforms('a file that is not valid is refused with file and field', async () => {
  const file = platformFile('asic-65nm') as { technology: object; limits: object };
  const {
    name,
    processNanometres,
    voltage,
    figures: { areaPerGate: _, ...figures },
  } = asic65nmPlatform().technology;
  const technologyWith = (changed: Record<string, unknown>): object => ({
    name,
    processNanometres,
    voltage,
    figures: Object.fromEntries(
      Object.entries({ ...figures, ...changed }).map(([id, figure]) => {
        const { derivation: _, ...plain } = figure as SourcedFigure;
        return [id, plain];
      }),
    ),
  });
  const missing = await expectError('ADC4010', () =>
    parsePlatform({ ...file, technology: technologyWith({}) }, 'mine.json'),
  );
  assert.match(missing.message, /mine\.json/);
  assert.match(missing.message, /areaPerGate/);
  const area = { value: 1.44, unit: 'um2', source: 'x' };
  assert.is(
    parsePlatform({ ...file, technology: technologyWith({ areaPerGate: area }) }).technology.figures['areaPerGate']
      ?.value,
    1.44,
  );
  await expectError('ADC4010', () =>
    parsePlatform({ ...file, technology: technologyWith({ areaPerGate: { ...area, unit: 'mm2' } }) }),
  );
  await expectError('ADC4010', () => parsePlatform({ ...file, technology: { base: 'no-such-process' } }));
  await expectError('ADC4010', () => parsePlatform({ ...file, limits: {} }));
  await expectError('ADC4010', () => parsePlatform({ ...file, family: 'xcup' }));
  await expectError('ADC4010', () => parsePlatform(null));
  const absent = await expectError('ADC4010', () => readPlatform('no-such-platform.json'));
  assert.is(absent.location?.file, 'no-such-platform.json');
});

platforms('docs/technology-tables.md shows every figure with the value of every platform', () => {
  const page = readFileSync(new URL('docs/technology-tables.md', root), 'utf8');
  for (const [name, { unit }] of Object.entries(technologyFigures)) {
    const values = all.map(({ technology }) => String(technology.figures[name]?.value ?? '-'));
    const row = `| \`${name}\` | ${unit} | ${values.join(' | ')} |`;
    assert.ok(page.includes(row), `missing row: ${row}`);
  }
});

platforms.run();
