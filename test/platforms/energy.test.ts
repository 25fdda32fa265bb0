import type { ChipError } from '@autodnnchip/core';
import {
  asicArea,
  energyCoefficients,
  energyOf,
  meanPowerMilliwatts,
  sramScale,
  staticPowerMilliwatts,
  type Activity,
  type Technology,
} from '@autodnnchip/core';
import { asic65nmPlatform } from '@autodnnchip/platform-asic-65nm';
import { ecp585fPlatform } from '@autodnnchip/platform-ecp5-85f';
import { ultra96Platform } from '@autodnnchip/platform-ultra96';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const energy = suite('energy, leakage and area');

const nothing: Activity = {
  multiplyAccumulates: 0,
  additions: 0,
  requantizations: 0,
  registerBytes: 0,
  memories: [],
  externalReadBytes: 0,
  externalWrittenBytes: 0,
  cycles: 0,
};
const asic = asic65nmPlatform().technology;

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * expected,
    `${what}: ${actual}, expected ${expected} within ${tolerance * 100} %`,
  );
}

energy('doing nothing costs nothing', () => {
  assert.is(energyOf(nothing, asic).total, 0);
});

energy('each kind is its count times its figure, and the total is their sum', () => {
  const activity: Activity = {
    multiplyAccumulates: 1000,
    additions: 100,
    requantizations: 10,
    registerBytes: 50,
    memories: [{ bytes: 8192, depth: 1024, readBytes: 64, writtenBytes: 32 }],
    externalReadBytes: 7,
    externalWrittenBytes: 3,
    cycles: 0,
  };
  const { total, ...parts } = energyOf(activity, asic);
  const of = (name: string): number => asic.figures[name]?.value ?? NaN;
  assert.equal(parts, {
    multiplyAccumulate: 1000 * of('multiplyAccumulate8Bit'),
    addition: 100 * of('adder32Bit'),
    requantization: 10 * of('requantizePerOutput'),
    register: 50 * of('registerAccessPerByte'),
    sramRead: 64 * of('sramReadPerByte'),
    sramWrite: 32 * of('sramWritePerByte'),
    externalMemory: 10 * of('externalMemoryPerByte'),
    clock: 0,
    static: 0,
  });
  near(
    total,
    Object.values(parts).reduce((sum, part) => sum + part, 0),
    1e-12,
    'total',
  );
});

energy('leakage of 1 mW over 1 us is 1 nJ, and comes back as 1 mW', () => {
  const technology: Technology = {
    ...asic,
    figures: { ...asic.figures, staticPerSquareMillimetre: { value: 1, unit: 'mW/mm2', source: 'test' } },
  };
  const spent = energyOf({ ...nothing, cycles: 500 }, technology, {
    resources: { multipliers: 0, areaSquareMillimetres: 1 },
    clockMegahertz: 500,
  });
  near(spent.total, 1000, 1e-12, 'picojoules');
  near(meanPowerMilliwatts(spent.total, 500, 500), 1, 1e-12, 'milliwatts');
});

energy('an FPGA leaks as a whole, an ASIC by its area', () => {
  assert.is(staticPowerMilliwatts({ multipliers: 0 }, ultra96Platform().technology), 250);
  assert.is(staticPowerMilliwatts({ multipliers: 0, areaSquareMillimetres: 2 }, asic), 4.9);
});

energy('the square root rule of the 65 nm table meets the published Eyeriss model', () => {
  const coefficients = energyCoefficients(asic);
  near(coefficients.sramReadPerByte * sramScale(108 * 1024, 1, coefficients), 7.5, 0.1, '108 KB buffer, pJ/byte');
  near(coefficients.sramReadPerByte * sramScale(448, 1, coefficients), 0.5, 0.1, '448 byte scratchpad, pJ/byte');
  near(coefficients.multiplyAccumulate8Bit, 2 / 4, 0.1, 'a quarter of its 16-bit MAC of 2 pJ');
});

energy('the depth rule of the FPGA tables meets the measured block RAM', () => {
  const coefficients = energyCoefficients(ultra96Platform().technology);
  near(sramScale(9216, 2048, coefficients), 39 / 21, 0.05, '2Kx36: narrow against wide blocks');
  near(sramScale(73728, 8192, coefficients), 74 / 21, 0.05, '8Kx72: narrow against wide blocks');
  assert.is(sramScale(64, 16, coefficients), 1, 'blocks cannot be divided');
});

energy('external memory costs the more, the older it is', () => {
  const perByte = [ultra96Platform(), asic65nmPlatform(), ecp585fPlatform()].map(
    ({ technology }) => energyOf({ ...nothing, externalReadBytes: 1 }, technology).total,
  );
  assert.equal(perByte, [64, 230, 1240]);
});

energy('a missing figure is an error that names it', async () => {
  const { requantizePerOutput: _, ...figures } = asic.figures;
  const error: ChipError = await expectError('ADC4011', () => energyOf(nothing, { ...asic, figures }));
  assert.match(error.message, /65 nm CMOS.*requantizePerOutput/);
});

energy('area of an ASIC: cells spread by placement, and memory', () => {
  const area = asicArea({ multipliers8Bit: 64, lut: 5000, ff: 4000, sramBits: 128 * 1024 * 8 }, asic);
  near(area.logic, ((64 * 551 + 5000 * 4 + 4000 * 5) * 1.44e-6) / 0.7, 1e-9, 'logic, mm2');
  near(area.sram, 1.867, 1e-3, '128 KB, mm2');
  near(area.total, area.logic + area.sram, 1e-12, 'total');
});

energy.run();
