import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  areaFactor,
  energyOf,
  evaluate,
  explainFigure,
  overridePlatform,
  publishedEntries,
  readExternalMemory,
  readPlatform,
  readTechnology,
  technologyFigures,
  type Activity,
  type SourcedFigure,
} from '@autodnnchip/core';
import { asic28nmPlatform, asic45nmPlatform } from '@autodnnchip/platform-asic';
import { asic65nmPlatform } from '@autodnnchip/platform-asic-65nm';
import { ecp585fPlatform } from '@autodnnchip/platform-ecp5-85f';
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const technology = suite('technology tables');
const seed = 20261124;
const platforms = [ultra96Platform(), ecp585fPlatform(), asic65nmPlatform(), asic45nmPlatform(), asic28nmPlatform()];
const processes = ['cmos-65nm', 'cmos-45nm', 'cmos-28nm', 'cmos-16nm'];

function value(figures: Readonly<Record<string, SourcedFigure>>, name: string): number {
  const figure = figures[name];
  assert.ok(figure, name);
  return figure.value;
}

/** A technology file of one's own, and what comes of it. */
function own(content: object): ReturnType<typeof readTechnology> {
  const file = join(temporaryFolder(), 'mine.json');
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, id: 'mine', title: 'mine', ...content }));
  return readTechnology(file);
}

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * expected,
    `${what}: ${actual}, expected ${expected} within ${tolerance * 100} %`,
  );
}

technology('every file of core/technologies is one, in its own name', () => {
  for (const file of readdirSync(new URL('../../core/technologies/', import.meta.url))) {
    const name = file.replace('.json', '');
    if (name === 'published') continue;
    const { figures } = name.includes('nm') ? readTechnology(name) : { figures: readExternalMemory(name) };
    assert.ok(Object.keys(figures).length > 1, name);
  }
});

technology('published entries of energies say process, voltage and width', () => {
  for (const [name, entry] of Object.entries(publishedEntries())) {
    assert.ok(entry.source.length > 10, name);
    if (entry.unit !== 'pJ' || name.startsWith('dram')) continue;
    assert.ok(entry.processNanometres !== undefined && entry.widthBits !== undefined, `${name}: process and width`);
    assert.ok(entry.voltage !== undefined || /globalBuffer/.test(name), `${name}: voltage`);
  }
});

technology('a derived figure is what its derivation gives, and ends at sources', () => {
  let derived = 0;
  for (const {
    id,
    technology: { figures },
  } of platforms) {
    for (const [name, figure] of Object.entries(figures)) {
      assert.is(figure.unit, technologyFigures[name as keyof typeof technologyFigures]?.unit, `${id} ${name}`);
      assert.is(evaluate(explainFigure(name, figure)), figure.value, `${id} ${name}`);
      if (figure.derivation === undefined) continue;
      derived++;
      assert.match(figure.source, /^derived: .*; from .{5}/, `${id} ${name}`);
    }
  }
  assert.ok(derived > 50, `${derived} derived figures`);
});

technology('the tables have not moved', () => {
  const of = (id: string): Record<string, number> =>
    Object.fromEntries(Object.entries(readTechnology(id).figures).map(([name, figure]) => [name, figure.value]));
  const pick = (id: string): number[] => {
    const figures = of(id);
    return [
      'multiplyAccumulate8Bit',
      'requantizePerOutput',
      'sramReadPerByte',
      'sramWritePerByte',
      'clockPerFlipFlopCycle',
      'logicPerLutCycle',
    ].map(name => figures[name] ?? NaN);
  };
  assert.equal(pick('cmos-65nm'), [0.535, 8.38, 2.23, 1.83, 0.006, 0.00669]);
  assert.equal(pick('ultrascale-plus-16nm'), [1.14, 17.9, 1.38, 1.38, 0.00427, 0.0143]);
  assert.equal(pick('ecp5-40nm'), [4.78, 74.9, 5.79, 5.79, 0.0179, 0.0598]);
  assert.equal(pick('cmos-45nm').slice(0, 3), [0.3, 4.7, 1.25], '45 nm is the process of the publication');
});

technology('younger processes take less energy and area, by the stated rules', () => {
  const tables = processes.map(name => readTechnology(name));
  for (const name of [
    'multiplyAccumulate8Bit',
    'adder32Bit',
    'sramReadPerByte',
    'clockPerFlipFlopCycle',
    'areaPerGate',
    'areaPerSramBit',
  ]) {
    const values = tables.map(({ figures }) => value(figures, name));
    assert.equal(
      values,
      [...values].sort((a, b) => b - a),
      name,
    );
  }
  near(
    value(readTechnology('cmos-45nm').figures, 'areaPerGate'),
    0.798,
    0.2,
    'two-input NAND of the 45 nm Nangate library, um2',
  );
});

technology('energy goes with the process and the square of the voltage, widths by their rule', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.integer({ min: 5, max: 200 }),
      fc.double({ min: 0.4, max: 2, noNaN: true }),
      fc.constantFrom(4, 8, 16, 32),
      fc.constantFrom('linear', 'product'),
      (picojoules, processNanometres, voltage, bits, rule) => {
        const entry = {
          value: picojoules,
          unit: 'pJ',
          kind: 'estimate',
          processNanometres: 90,
          voltage: 1.2,
          widthBits: 8,
          source: 'test',
        };
        const { figures } = own({
          processNanometres,
          voltage,
          entries: { mine: entry },
          figures: {
            adder32Bit: {
              unit: 'pJ',
              digits: 15,
              derived: { entry: 'mine', scaled: 'processAndVoltage', width: { bits, rule } },
            },
          },
        });
        const expected =
          picojoules * (processNanometres / 90) * (voltage / 1.2) ** 2 * (bits / 8) ** (rule === 'linear' ? 1 : 2);
        near(value(figures, 'adder32Bit'), expected, 1e-12, 'pJ');
      },
    ),
    { seed, numRuns: 100 },
  );
});

technology('the product rule meets the published 32-bit multiplier', () => {
  const { figures } = own({
    extends: 'cmos-45nm',
    processNanometres: 45,
    voltage: 0.9,
    figures: {
      adder32Bit: { unit: 'pJ', derived: { entry: 'integerMultiply8Bit', width: { bits: 32, rule: 'product' } } },
    },
  });
  near(
    value(figures, 'adder32Bit'),
    publishedEntries()['integerMultiply32Bit']?.value ?? NaN,
    0.05,
    '32 x 32 bit from 8 x 8, pJ',
  );
});

technology('the energy rule errs upwards against the fitted equations of Stillmaker and Baas', () => {
  // Energy in their high-performance tables is proportional to a V^2 + b V + c.
  const fitted = ([a, b, c]: readonly [number, number, number], volt: number): number => a * volt ** 2 + b * volt + c;
  const at45 = fitted([1.018, -0.3107, 0.1539], 0.9);
  const cases = [
    [32, 0.9, [0.8367, -0.4341, 0.1701], 1.09],
    [16, 0.8, [0.2958, -0.1241, 0.03024], 1.63],
  ] as const;
  for (const [process, volt, coefficients, expected] of cases) {
    near(
      ((process / 45) * (volt / 0.9) ** 2) / (fitted(coefficients, volt) / at45),
      expected,
      0.01,
      `45 nm to ${process} nm, rule over equations`,
    );
  }
});

technology('area factors: those of the table, powers between', () => {
  assert.is(areaFactor(65, 65), 1);
  assert.is(areaFactor(65, 32), 0.31);
  near(areaFactor(32, 65), 1 / 0.31, 1e-12, 'back');
  fc.assert(
    fc.property(
      fc.double({ min: 7, max: 180, noNaN: true }),
      fc.double({ min: 7, max: 180, noNaN: true }),
      (first, second) => {
        if (first < second) assert.ok(areaFactor(65, first) <= areaFactor(65, second), `${first} and ${second} nm`);
      },
    ),
    { seed },
  );
});

technology('DRAM from currents of data sheets: LPDDR4 meets the published 8 pJ a bit', () => {
  near(value(readExternalMemory('lpddr4-3200-x32'), 'externalMemoryPerByte'), 64, 0.1, 'pJ/byte');
  near(
    value(readExternalMemory('ddr4-2400-x16'), 'externalMemoryPerByte'),
    ((184.5 - 44) * 1.2) / 2.4,
    0.01,
    'DDR4, pJ/byte',
  );
  near(
    value(readExternalMemory('ddr3-1600-x16'), 'externalMemoryBackground'),
    45 * 1.5 + ((215 - 45) * 1.5 * 128) / 6240,
    0.01,
    'DDR3, mW',
  );
});

technology('standby and refresh are counted where a table gives them, over time, as external memory', () => {
  const nothing: Activity = {
    multiplyAccumulates: 0,
    additions: 0,
    requantizations: 0,
    registerBytes: 0,
    memories: [],
    externalReadBytes: 0,
    externalWrittenBytes: 0,
    cycles: 700,
  };
  const hardware = { resources: { multipliers: 0, areaSquareMillimetres: 0 }, clockMegahertz: 700 };
  const { technology: table } = asic45nmPlatform();
  near(
    energyOf(nothing, table, hardware).externalMemory,
    1000 * value(table.figures, 'externalMemoryBackground'),
    1e-12,
    'pJ in 1 us',
  );
  assert.is(energyOf(nothing, table).externalMemory, 0, 'nothing runs: the caller charges it once');
  assert.is(energyOf(nothing, asic65nmPlatform().technology, hardware).externalMemory, 0, 'not given: not counted');
  const changed = overridePlatform(asic65nmPlatform(), { figures: readExternalMemory('ddr4-2400-x16') });
  near(
    energyOf(nothing, changed.technology, hardware).externalMemory,
    112_000,
    0.01,
    'another kind of memory for a platform that exists',
  );
});

technology('tables that cannot be worked out are refused with figure and reason', async () => {
  const table =
    (figures: object, more: object = {}) =>
    (): unknown =>
      own({ processNanometres: 45, voltage: 0.9, figures, ...more });
  const formula = (derived: object, unit = 'pJ'): object => ({ unit, derived });
  const refused: [string, () => unknown, RegExp][] = [
    ['an entry that is not there', table({ adder32Bit: formula({ entry: 'nowhere' }) }), /adder32Bit.*nowhere/],
    [
      'figures in a circle',
      table({
        adder32Bit: formula({ figure: 'multiplyAccumulate8Bit' }),
        multiplyAccumulate8Bit: formula({ figure: 'adder32Bit' }),
      }),
      /multiplyAccumulate8Bit -> adder32Bit -> multiplyAccumulate8Bit/,
    ],
    [
      'an entry without voltage',
      table({ adder32Bit: formula({ entry: 'globalBufferRead', scaled: 'processAndVoltage' }) }),
      /globalBufferRead.*voltage/,
    ],
    [
      'a process without area factor',
      table({ areaPerGate: formula({ entry: 'nandArea', scaled: 'area' }, 'um2') }, { processNanometres: 3 }),
      /3 nm/,
    ],
    ['a wrong unit', table({ adder32Bit: { unit: 'nJ', value: 1, source: 'test' } }), /adder32Bit/],
    [
      'a technology that extends itself',
      () => own({ extends: './mine.json', processNanometres: 45, voltage: 0.9 }),
      /without end/,
    ],
    ['memory instead of a process', () => readTechnology('ddr3-1600-x16'), /no process/],
  ];
  for (const [what, make, message] of refused) {
    const error = await expectError('ADC4010', make);
    assert.match(error.message, message, what);
  }
});

technology('a platform may bring a technology of its own beside its file', () => {
  const folder = temporaryFolder();
  const platform = JSON.stringify({
    schemaVersion: 1,
    id: 'mine',
    title: 'mine',
    kind: 'asic',
    family: 'asic',
    limits: { powerMilliwatts: { value: 1, unit: 'mW', source: 'test' } },
    clockMegahertz: { value: 100, unit: 'MHz', source: 'test' },
    memory: Object.fromEntries([
      ['title', 'none'],
      ...[
        ['readLatencyCycles', 1, 'cycle'],
        ['writeLatencyCycles', 1, 'cycle'],
        ['beatIntervalCycles', 1, 'cycle'],
        ['burstGapCycles', 0, 'cycle'],
        ['busBytes', 4, 'byte'],
        ['peakBytesPerSecond', 1e9, 'byte/s'],
      ].map(([name, amount, unit]) => [name, { value: amount, unit, source: 'test' }]),
    ] as [string, unknown][]),
    technology: { base: './process.json', externalMemory: 'ddr3-1600-x16' },
    sources: ['test'],
  });
  writeFileSync(
    join(folder, 'process.json'),
    JSON.stringify({
      schemaVersion: 1,
      id: 'process',
      title: '90 nm CMOS',
      extends: 'cmos-45nm',
      processNanometres: 90,
      voltage: 1.2,
    }),
  );
  writeFileSync(join(folder, 'platform.json'), platform);
  const { technology: read } = readPlatform(join(folder, 'platform.json'));
  assert.is(read.name, '90 nm CMOS');
  near(value(read.figures, 'adder32Bit'), 0.1 * 2 * (1.2 / 0.9) ** 2, 0.01, '32-bit add, pJ');
});

technology.run();
