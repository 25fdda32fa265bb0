import { readFileSync } from 'node:fs';
import { mapMemory, mapMultiplier, multiplierGates, type FpgaFamily, type RamShape } from '@autodnnchip/core';
import { asic65nmPlatform } from '@autodnnchip/platform-asic-65nm';
import { countCells } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';

const mapping = suite('mapping of memories and multipliers');

interface MemoryPoint {
  readonly widthBits: number;
  readonly depth: number;
  readonly cells: Readonly<Record<string, number>>;
}

interface MultiplierPoint {
  readonly leftBits: number;
  readonly rightBits: number;
  readonly cells: Readonly<Record<string, number>>;
}

type Sweep = Readonly<
  Record<
    FpgaFamily,
    {
      readonly memories: Readonly<Record<string, readonly MemoryPoint[]>>;
      readonly multipliers: readonly MultiplierPoint[];
    }
  >
>;

/** Counts recorded by `bench/synthesis-sweep.ts`. */
const recorded = JSON.parse(
  readFileSync(new URL('../../bench/synthesis-sweep.results.json', import.meta.url), 'utf8'),
) as { readonly version: string; readonly families: Sweep };
const families = Object.keys(recorded.families) as FpgaFamily[];

const styles: Readonly<Record<string, Pick<RamShape, 'style' | 'readDuringWrite'>>> = {
  block: { style: 'block', readDuringWrite: false },
  blockOddDepth: { style: 'block', readDuringWrite: false },
  blockChecked: { style: 'block', readDuringWrite: true },
  distributed: { style: 'distributed', readDuringWrite: false },
  auto: { style: 'auto', readDuringWrite: false },
  autoChecked: { style: 'auto', readDuringWrite: true },
};

/** Largest error of an estimated LUT count, as part of the count; counts below 20 are taken for 20. */
const lutTolerance: Readonly<Record<FpgaFamily, number>> = { xcup: 0.07, ecp5: 0.35, ice40: 0.65 };

function assertNear(estimate: number, measured: number, family: FpgaFamily, what: string): void {
  const error = Math.abs(estimate - measured) / Math.max(20, measured);
  assert.ok(error <= lutTolerance[family], `${what}: ${estimate} LUTs by the rule, ${measured} by Yosys`);
}

mapping('the recording is of the Yosys version that the rules are for', () => {
  assert.match(recorded.version, /^Yosys 0\.23 /);
  assert.equal(families, ['xcup', 'ecp5', 'ice40']);
});

for (const family of families) {
  for (const [name, points] of Object.entries(recorded.families[family].memories)) {
    mapping(`${family}: ${points.length} memories, ${name}, take the primitives and flip-flops that Yosys took`, () => {
      for (const { widthBits, depth, cells } of points) {
        const what = `${family} ${name} ${widthBits} bit x ${depth}`;
        const rule = mapMemory({ widthBits, depth, ...styles[name] }, family);
        const measured = countCells(family, cells);
        assert.equal(measured.uncounted, [], what);
        assert.is(rule.bram, measured.bram, `${what}: block RAM`);
        if (rule.primitive !== 'flip-flops')
          assert.is(rule.primitives, cells[rule.primitive], `${what}: ${rule.primitive}`);
        assert.is(rule.ff, measured.ff, `${what}: flip-flops`);
        assertNear(rule.lut, measured.lut, family, what);
      }
    });
  }

  mapping(
    `${family}: ${recorded.families[family].multipliers.length} multipliers take the DSP blocks that Yosys took`,
    () => {
      for (const { leftBits, rightBits, cells } of recorded.families[family].multipliers) {
        const measured = countCells(family, cells);
        assert.is(mapMultiplier(leftBits, rightBits, family).dsp, measured.dsp, `${family} ${leftBits} x ${rightBits}`);
        if (family === 'ice40')
          assertNear(
            mapMultiplier(leftBits, rightBits, family).lut,
            measured.lut,
            family,
            `ice40 ${leftBits} x ${rightBits}`,
          );
      }
    },
  );
}

mapping('a memory that fits blocks of two sizes takes the cheaper ones', () => {
  assert.equal(mapMemory({ widthBits: 128, depth: 2048, style: 'block', readDuringWrite: false }, 'xcup'), {
    primitive: 'RAMB18E2',
    primitives: 15,
    slices: 1,
    bram: 7.5,
    lut: 0,
    ff: 128,
  });
});

mapping('gates that keep the old word are charged where block RAM does not', () => {
  const shape = { widthBits: 64, depth: 512, style: 'block' } as const;
  assert.is(mapMemory({ ...shape, readDuringWrite: true }, 'xcup').ff, 64);
  assert.is(mapMemory({ ...shape, readDuringWrite: false }, 'ecp5').ff, 64);
  assert.is(mapMemory({ ...shape, readDuringWrite: true }, 'ecp5').ff, 203);
});

mapping('the multipliers of the engines', () => {
  const dsp = (left: number, right: number): number[] => families.map(family => mapMultiplier(left, right, family).dsp);
  assert.equal(dsp(8, 8), [1, 1, 0]);
  assert.equal(dsp(9, 8), [1, 1, 0]);
  assert.equal(dsp(26, 8), [1, 2, 0]);
  assert.equal(dsp(24, 24), [2, 4, 0]);
  assert.equal(dsp(32, 32), [4, 4, 0]);
  assert.is(multiplierGates(8, 8, asic65nmPlatform().technology), 551);
});

mapping.run();
