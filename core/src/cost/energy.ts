import type { Technology } from '../chip/index.js';
import type { ResourceEstimate } from '../prediction/index.js';
import { staticPowerMilliwatts } from './static-power.js';
import { figureValue } from './technology-figures.js';

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
  /** Products of 8-bit operands that are accumulated; those of padding and idle lanes too, where the hardware does them. */
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

/** The energy figures of a technology, looked up and checked once; `energyWith` then only multiplies. */
export interface EnergyCoefficients {
  readonly technology: Technology;
  readonly multiplyAccumulate8Bit: number;
  readonly adder32Bit: number;
  readonly requantizePerOutput: number;
  readonly registerAccessPerByte: number;
  readonly sramReadPerByte: number;
  readonly sramWritePerByte: number;
  readonly sramReferenceBytes: number;
  readonly sramMinimumBytes: number;
  readonly sramSizeExponent: number;
  readonly sramReferenceDepth: number;
  readonly sramDepthExponent: number;
  readonly externalMemoryPerByte: number;
  /** Milliwatts; 0 where the technology does not give it. */
  readonly externalMemoryBackground: number;
  readonly clockPerFlipFlopCycle: number;
  readonly logicPerLutCycle: number;
}

const coefficientsOf = new WeakMap<Technology, EnergyCoefficients>();

/** Looks the figures up; throws ADC4011 naming one that is missing. */
export function energyCoefficients(technology: Technology): EnergyCoefficients {
  const known = coefficientsOf.get(technology);
  if (known !== undefined) return known;
  const coefficients: EnergyCoefficients = {
    technology,
    multiplyAccumulate8Bit: figureValue(technology, 'multiplyAccumulate8Bit'),
    adder32Bit: figureValue(technology, 'adder32Bit'),
    requantizePerOutput: figureValue(technology, 'requantizePerOutput'),
    registerAccessPerByte: figureValue(technology, 'registerAccessPerByte'),
    sramReadPerByte: figureValue(technology, 'sramReadPerByte'),
    sramWritePerByte: figureValue(technology, 'sramWritePerByte'),
    sramReferenceBytes: figureValue(technology, 'sramReferenceBytes'),
    sramMinimumBytes: figureValue(technology, 'sramMinimumBytes'),
    sramSizeExponent: figureValue(technology, 'sramSizeExponent'),
    sramReferenceDepth: figureValue(technology, 'sramReferenceDepth'),
    sramDepthExponent: figureValue(technology, 'sramDepthExponent'),
    externalMemoryPerByte: figureValue(technology, 'externalMemoryPerByte'),
    externalMemoryBackground: technology.figures['externalMemoryBackground']?.value ?? 0,
    clockPerFlipFlopCycle: figureValue(technology, 'clockPerFlipFlopCycle'),
    logicPerLutCycle: figureValue(technology, 'logicPerLutCycle'),
  };
  coefficientsOf.set(technology, coefficients);
  return coefficients;
}

/**
 * Factor by which a byte in a memory of this size and depth costs more (or less) than one in the reference memory:
 * (max(bytes, minimum) / reference bytes)^size exponent * max(1, depth / reference depth)^depth exponent.
 */
export function sramScale(bytes: number, depth: number, coefficients: EnergyCoefficients): number {
  const size = Math.max(bytes, coefficients.sramMinimumBytes) / coefficients.sramReferenceBytes;
  const height = Math.max(1, depth / coefficients.sramReferenceDepth);
  return size ** coefficients.sramSizeExponent * height ** coefficients.sramDepthExponent;
}

/**
 * Energy of an activity, in picojoules. Without `hardware`, clock, static and external memory's background energy are 0: the caller charges them
 * once for the whole chip.
 */
export function energyOf(activity: Activity, technology: Technology, hardware?: PoweredHardware): EnergyBreakdown {
  return energyWith(energyCoefficients(technology), activity, hardware);
}

/** `energyOf` for loops that look the figures up once. */
export function energyWith(coefficients: EnergyCoefficients, activity: Activity, hardware?: PoweredHardware): EnergyBreakdown {
  let sramRead = 0;
  let sramWrite = 0;
  for (const memory of activity.memories) {
    const scale = sramScale(memory.bytes, memory.depth, coefficients);
    sramRead += memory.readBytes * coefficients.sramReadPerByte * scale;
    sramWrite += memory.writtenBytes * coefficients.sramWritePerByte * scale;
  }
  const multiplyAccumulate = activity.multiplyAccumulates * coefficients.multiplyAccumulate8Bit;
  const addition = activity.additions * coefficients.adder32Bit;
  const requantization = activity.requantizations * coefficients.requantizePerOutput;
  const register = activity.registerBytes * coefficients.registerAccessPerByte;
  const background = hardware === undefined ? 0 : powerPicojoules(coefficients.externalMemoryBackground, activity.cycles, hardware.clockMegahertz);
  const externalMemory = (activity.externalReadBytes + activity.externalWrittenBytes) * coefficients.externalMemoryPerByte + background;
  const clock = hardware === undefined ? 0 : activity.cycles * clockPicojoulesPerCycle(coefficients, hardware.resources);
  const leakage = hardware === undefined ? 0 : staticPicojoules(activity.cycles, coefficients.technology, hardware);
  return {
    multiplyAccumulate, addition, requantization, register, sramRead, sramWrite, externalMemory, clock, static: leakage,
    total: multiplyAccumulate + addition + requantization + register + sramRead + sramWrite + externalMemory + clock + leakage,
  };
}

/** Energy that a cycle costs whatever is computed in it: clock network and control logic. */
export function clockPicojoulesPerCycle(coefficients: EnergyCoefficients, resources: ResourceEstimate): number {
  return (resources.ff ?? 0) * coefficients.clockPerFlipFlopCycle + (resources.lut ?? 0) * coefficients.logicPerLutCycle;
}

/** Leakage over some cycles. */
export function staticPicojoules(cycles: number, technology: Technology, hardware: PoweredHardware): number {
  return powerPicojoules(staticPowerMilliwatts(hardware.resources, technology), cycles, hardware.clockMegahertz);
}

/** Energy of a steady power over some cycles: 1 mW over 1 us is 1000 pJ. */
function powerPicojoules(milliwatts: number, cycles: number, clockMegahertz: number): number {
  return milliwatts * (cycles / clockMegahertz) * 1000;
}

/** Mean power of an energy spent over some cycles, in milliwatts. */
export function meanPowerMilliwatts(energyPicojoules: number, cycles: number, clockMegahertz: number): number {
  return cycles === 0 ? 0 : energyPicojoules / (cycles / clockMegahertz) / 1000;
}
