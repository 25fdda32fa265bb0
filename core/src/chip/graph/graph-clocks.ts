import { graphError } from './graph-errors.js';
import { graphLimits } from './limits.js';
import { frequencyUnits, toHertz, type FrequencyUnit, type Quantity } from './quantity.js';

/** Time in which every edge of every clock of a graph lies at a whole number: ticks. All clocks have an edge at 0. */
export interface TimeBase {
  /** Ticks of a cycle of the graph's clock; 1 where it is the only one. */
  readonly ticksPerCycle: number;
  /** By clock: ticks of its cycle. */
  readonly periodTicks: readonly number[];
  /** Ticks after which all clocks are again as they were at 0; infinity when beyond exact numbers. */
  readonly hyperperiodTicks: number;
}

/** The clock of the graph, which may be none; others come behind it. */
export const referenceClock = 0;

interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

interface Clock {
  readonly hertz: number;
  readonly exact: Fraction;
  /** For messages: frequency and place. */
  readonly text: string;
  readonly place: string | undefined;
}

/** Clocks of a graph while sub-graphs are put in place. Equal frequencies are one clock. */
export class GraphClocks {
  readonly #graphName: string;
  readonly #reference: Clock | undefined;
  readonly #others: Clock[] = [];
  readonly #indexOf = new Map<string, number>();

  constructor(graphName: string, clock: Quantity<FrequencyUnit> | undefined) {
    this.#graphName = graphName;
    if (clock === undefined) return;
    this.#reference = this.#describe(clock, `the graph ${graphName}`);
    this.#indexOf.set(keyOf(this.#reference), referenceClock);
  }

  get count(): number {
    return this.#others.length + 1;
  }

  /** Index of a clock that `what`, for instance `Node dsp`, states. */
  indexOf(clock: Quantity<FrequencyUnit>, what: string, place: string): number {
    const described = this.#describe(clock, what, place);
    if (this.#reference === undefined) {
      throw graphError(
        'ADC3306',
        `${what} has a clock of ${clock.value} ${clock.unit}, the graph ${this.#graphName} none: give the graph a clock, in which cycles are told`,
        place,
      );
    }
    const key = keyOf(described);
    let index = this.#indexOf.get(key);
    if (index === undefined) {
      index = this.#others.push(described);
      this.#indexOf.set(key, index);
    }
    return index;
  }

  /** Undefined: a graph without a clock. */
  hertz(index: number): number | undefined {
    return (index === referenceClock ? this.#reference : this.#others[index - 1])?.hertz;
  }

  /**
   * The coarsest time base: its frequency is the least common multiple of all clocks'. Throws ADC3312 when a cycle
   * would be more ticks than `graphLimits` allow.
   */
  timeBase(): TimeBase {
    const reference = this.#reference;
    if (reference === undefined || this.#others.length === 0)
      return { ticksPerCycle: 1, periodTicks: [1], hyperperiodTicks: 1 };
    const clocks = [reference, ...this.#others];
    let base = reference.exact;
    let slowest = reference;
    for (const clock of this.#others) {
      base = leastCommonMultiple(base, clock.exact);
      if (clock.hertz < slowest.hertz) slowest = clock;
      const ticks = wholeRatio(base, slowest.exact);
      if (ticks > graphLimits.ticksPerCycle) {
        throw graphError(
          'ADC3312',
          `The clocks of ${this.#graphName} have no usable common time base: with ${clock.text} beside ${clocks
            .slice(0, clocks.indexOf(clock))
            .slice(0, 3)
            .map(({ text }) => text)
            .join(', ')}, a cycle of the slowest is ${ticks} ticks of it; the limit is ${graphLimits.ticksPerCycle}`,
          clock.place,
        );
      }
    }
    const periodTicks = clocks.map(({ exact }) => Number(wholeRatio(base, exact)));
    const hyperperiod = periodTicks.reduce(
      (multiple, ticks) => (multiple * BigInt(ticks)) / greatestCommonDivisor(multiple, BigInt(ticks)),
      1n,
    );
    return {
      ticksPerCycle: periodTicks[referenceClock],
      periodTicks,
      hyperperiodTicks: hyperperiod > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(hyperperiod),
    };
  }

  #describe(clock: Quantity<FrequencyUnit>, what: string, place?: string): Clock {
    const hertz = toHertz(clock);
    if (hertz === 0) throw graphError('ADC3306', `The clock of ${what} is 0 ${clock.unit}`, place);
    return { hertz, exact: exactHertz(clock), text: `${clock.value} ${clock.unit} of ${what}`, place };
  }
}

function keyOf({ exact: { numerator, denominator } }: Clock): string {
  return `${numerator}/${denominator}`;
}

/** The frequency that was written down, not the binary number next to it. */
function exactHertz({ value, unit }: Quantity<FrequencyUnit>): Fraction {
  const [digits, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = digits.split('.');
  const power = Number(exponent) - fraction.length;
  const scaled = BigInt(whole + fraction) * BigInt(frequencyUnits[unit]);
  const numerator = power > 0 ? scaled * 10n ** BigInt(power) : scaled;
  const denominator = power < 0 ? 10n ** BigInt(-power) : 1n;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** Of two reduced fractions. */
function leastCommonMultiple(left: Fraction, right: Fraction): Fraction {
  return {
    numerator: (left.numerator * right.numerator) / greatestCommonDivisor(left.numerator, right.numerator),
    denominator: greatestCommonDivisor(left.denominator, right.denominator),
  };
}

/** `multiple / of`, which is whole. */
function wholeRatio(multiple: Fraction, of: Fraction): bigint {
  return (multiple.numerator * of.denominator) / (multiple.denominator * of.numerator);
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : greatestCommonDivisor(right, left % right);
}
