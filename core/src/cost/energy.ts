import type { Technology } from '../chip/index.js';
import {
  explaining,
  numbers,
  type Arithmetic,
  type ExplanationInput,
  type ResourceEstimate,
  type ValuesOf,
} from '../prediction/index.js';
import { staticPower } from './static-power.js';
import { explainFigure } from './technology-file.js';
import { figure, technologyFigures } from './technology-figures.js';

/** What one on-chip memory does. */
export interface MemoryActivity {
  /** Capacity of the memory that is accessed, bytes; of one bank where banks are enabled one at a time. */
  readonly bytes: number;
  /** Words of that memory. */
  readonly depth: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** What a chip, a block or a layer does, as counts. */
export interface Activity {
  /**
   * Products of 8-bit operands that are accumulated; those of padding and idle lanes too, where the hardware does them.
   */
  readonly multiplyAccumulates: number;
  /** 32-bit additions and comparisons outside the multiply-accumulates. */
  readonly additions: number;
  /** Outputs that are scaled, rounded and clamped. */
  readonly requantizations: number;
  /** Bytes that are written to and read from pipeline registers. */
  readonly registerBytes: number;
  readonly memories: readonly MemoryActivity[];
  readonly externalReadBytes: number;
  readonly externalWrittenBytes: number;
  /** Clock cycles that pass meanwhile. */
  readonly cycles: number;
}

/** Hardware that is clocked and leaks while an activity runs. */
export interface PoweredHardware {
  readonly resources: ResourceEstimate;
  readonly clockMegahertz: number;
}

/** Energy in picojoules, by what it is spent on. */
export interface EnergyBreakdown {
  readonly multiplyAccumulate: number;
  readonly addition: number;
  readonly requantization: number;
  readonly register: number;
  readonly sramRead: number;
  readonly sramWrite: number;
  /** Accesses, and standby and refresh where the technology gives them. */
  readonly externalMemory: number;
  /** Clock network and control logic. */
  readonly clock: number;
  /** Leakage. */
  readonly static: number;
  readonly total: number;
}

const coefficientNames = [
  'multiplyAccumulate8Bit',
  'adder32Bit',
  'requantizePerOutput',
  'registerAccessPerByte',
  'sramReadPerByte',
  'sramWritePerByte',
  'sramReferenceBytes',
  'sramMinimumBytes',
  'sramSizeExponent',
  'sramReferenceDepth',
  'sramDepthExponent',
  'externalMemoryPerByte',
  'clockPerFlipFlopCycle',
  'logicPerLutCycle',
] as const;

/** The energy figures of a technology, looked up and checked once; `energyWith` then only multiplies. */
export type EnergyCoefficients<Value = number> = Readonly<Record<(typeof coefficientNames)[number], Value>> & {
  readonly technology: Technology;
  /** Milliwatts; 0 where the technology does not give it. */
  readonly externalMemoryBackground: Value;
};

const coefficientsOf = new WeakMap<Technology, EnergyCoefficients>();
const explainedCoefficientsOf = new WeakMap<Technology, EnergyCoefficients<ExplanationInput>>();

function lookUp<Value>(
  math: Arithmetic<Value>,
  technology: Technology,
  known: WeakMap<Technology, EnergyCoefficients<Value>>,
): EnergyCoefficients<Value> {
  const found = known.get(technology);
  if (found !== undefined) return found;
  const values = Object.fromEntries(
    coefficientNames.map(name => {
      const entry = figure(technology, name);
      return [name, math.known(name, entry.value, explainFigure(name, entry))];
    }),
  ) as Record<(typeof coefficientNames)[number], Value>;
  const background = technology.figures['externalMemoryBackground'];
  const name = 'externalMemoryBackground';
  const externalMemoryBackground =
    background === undefined
      ? math.constant(name, 0, {
          unit: technologyFigures[name].unit,
          kind: 'given',
          source: `the technology ${technology.name} does not give it: not counted`,
        })
      : math.known(name, background.value, explainFigure(name, background));
  const coefficients = { technology, ...values, externalMemoryBackground };
  known.set(technology, coefficients);
  return coefficients;
}

/** Looks the figures up; throws ADC4011 naming one that is missing. */
export function energyCoefficients(technology: Technology): EnergyCoefficients {
  return lookUp(numbers, technology, coefficientsOf);
}

/** The same with where each figure comes from. */
export function explainedEnergyCoefficients(technology: Technology): EnergyCoefficients<ExplanationInput> {
  return lookUp(explaining, technology, explainedCoefficientsOf);
}

/**
 * Factor by which a byte in a memory of this size and depth costs more (or less) than one in the reference memory:
 * (max(bytes, minimum) / reference bytes)^size exponent * max(1, depth / reference depth)^depth exponent.
 */
export function sramScaleOf<Value>(
  math: Arithmetic<Value>,
  bytes: Value,
  depth: Value,
  coefficients: EnergyCoefficients<Value>,
): Value {
  const largest = math.apply('maximum', 'size that counts', 'byte', [bytes, coefficients.sramMinimumBytes]);
  const size = math.apply('quotient', 'size over reference', '1', [largest, coefficients.sramReferenceBytes]);
  const one = math.constant('1', 1, {
    unit: '1',
    kind: 'definition',
    source: 'up to the reference depth, depth does not matter',
  });
  const height = math.apply('maximum', 'depth over reference, at least 1', '1', [
    one,
    math.apply('quotient', 'depth over reference', '1', [depth, coefficients.sramReferenceDepth]),
  ]);
  return math.apply('product', 'memory scale', '1', [
    math.apply('power', 'size factor', '1', [size, coefficients.sramSizeExponent]),
    math.apply('power', 'depth factor', '1', [height, coefficients.sramDepthExponent]),
  ]);
}

export function sramScale(bytes: number, depth: number, coefficients: EnergyCoefficients): number {
  return sramScaleOf(numbers, bytes, depth, coefficients);
}

/**
 * Energy of an activity, in picojoules. Without `hardware`, clock, static and external memory's background energy are
 * 0: the caller charges them once for the whole chip.
 */
export function energyOf(activity: Activity, technology: Technology, hardware?: PoweredHardware): EnergyBreakdown {
  return energyWith(numbers, energyCoefficients(technology), activity, hardware);
}

/** `energyOf` in any arithmetic: the one place where counts become energy. */
export function energyWith<Value>(
  math: Arithmetic<Value>,
  coefficients: EnergyCoefficients<Value>,
  activity: ValuesOf<Activity, Value>,
  hardware?: ValuesOf<PoweredHardware, Value>,
): ValuesOf<EnergyBreakdown, Value> {
  const times = (name: string, count: Value, each: Value): Value => math.apply('product', name, 'pJ', [count, each]);
  const reads: Value[] = [];
  const writes: Value[] = [];
  for (const memory of activity.memories) {
    const scale = sramScaleOf(math, memory.bytes, memory.depth, coefficients);
    reads.push(
      math.apply('product', 'reads of a memory', 'pJ', [memory.readBytes, coefficients.sramReadPerByte, scale]),
    );
    writes.push(
      math.apply('product', 'writes of a memory', 'pJ', [memory.writtenBytes, coefficients.sramWritePerByte, scale]),
    );
  }
  const multiplyAccumulate = times(
    'multiplyAccumulate',
    activity.multiplyAccumulates,
    coefficients.multiplyAccumulate8Bit,
  );
  const addition = times('addition', activity.additions, coefficients.adder32Bit);
  const requantization = times('requantization', activity.requantizations, coefficients.requantizePerOutput);
  const register = times('register', activity.registerBytes, coefficients.registerAccessPerByte);
  const sramRead = math.apply('sum', 'sramRead', 'pJ', reads);
  const sramWrite = math.apply('sum', 'sramWrite', 'pJ', writes);
  const bytes = math.apply('sum', 'external bytes', 'byte', [
    activity.externalReadBytes,
    activity.externalWrittenBytes,
  ]);
  const accesses = times('external memory accesses', bytes, coefficients.externalMemoryPerByte);
  const none = (): Value =>
    math.constant('0', 0, { unit: 'pJ', kind: 'definition', source: 'charged once for the whole chip' });
  const externalMemory =
    hardware === undefined
      ? accesses
      : math.apply('sum', 'externalMemory', 'pJ', [
          accesses,
          powerPicojoules(
            math,
            'external memory standby and refresh',
            coefficients.externalMemoryBackground,
            activity.cycles,
            hardware.clockMegahertz,
          ),
        ]);
  const clock =
    hardware === undefined
      ? none()
      : times('clock', activity.cycles, clockPicojoulesPerCycle(math, coefficients, hardware.resources));
  const leakage =
    hardware === undefined
      ? none()
      : powerPicojoules(
          math,
          'static',
          staticPower(math, hardware.resources, coefficients.technology),
          activity.cycles,
          hardware.clockMegahertz,
        );
  const total = math.apply('sum', 'total', 'pJ', [
    multiplyAccumulate,
    addition,
    requantization,
    register,
    sramRead,
    sramWrite,
    externalMemory,
    clock,
    leakage,
  ]);
  return {
    multiplyAccumulate,
    addition,
    requantization,
    register,
    sramRead,
    sramWrite,
    externalMemory,
    clock,
    static: leakage,
    total,
  };
}

/** Energy that a cycle costs whatever is computed in it: clock network and control logic. */
function clockPicojoulesPerCycle<Value>(
  math: Arithmetic<Value>,
  coefficients: EnergyCoefficients<Value>,
  resources: ValuesOf<ResourceEstimate, Value>,
): Value {
  const none = (name: string): Value =>
    math.constant(name, 0, { unit: name, kind: 'given', source: 'the hardware has none' });
  return math.apply('sum', 'clock and control energy of a cycle', 'pJ', [
    math.apply('product', 'clock network', 'pJ', [
      resources.ff ?? none('flip-flop'),
      coefficients.clockPerFlipFlopCycle,
    ]),
    math.apply('product', 'control logic', 'pJ', [resources.lut ?? none('LUT'), coefficients.logicPerLutCycle]),
  ]);
}

/** Energy of a steady power over some cycles: 1 mW over 1 us is 1000 pJ. */
function powerPicojoules<Value>(
  math: Arithmetic<Value>,
  name: string,
  milliwatts: Value,
  cycles: Value,
  clockMegahertz: Value,
): Value {
  return math.apply('product', name, 'pJ', [
    milliwatts,
    math.apply('quotient', 'microseconds', 'us', [cycles, clockMegahertz]),
    math.constant('picojoules in a milliwatt over a microsecond', 1000, {
      unit: 'pJ/(mW us)',
      kind: 'definition',
      source: 'definition',
    }),
  ]);
}

/** Mean power of an energy spent over some cycles, in milliwatts. */
export function meanPowerMilliwatts(energyPicojoules: number, cycles: number, clockMegahertz: number): number {
  return cycles === 0 ? 0 : energyPicojoules / (cycles / clockMegahertz) / 1000;
}
