import { ChipError } from '../errors/index.js';
import type { Arithmetic } from '../prediction/index.js';
import type { EntryReference, TechnologyEntry } from './technology-schema.js';

/** Process and voltage that entries are brought to. */
export interface ProcessPoint {
  readonly processNanometres: number;
  readonly voltage: number;
}

/**
 * Area of the same logic relative to 65 nm: A. Stillmaker and B. Baas, Scaling equations for the accurate prediction of
 * CMOS device performance from 180 nm to 7 nm, Integration 58 (2017).
 */
const areaRelativeTo65Nanometres: readonly (readonly [number, number])[] = [
  [180, 12],
  [130, 4.3],
  [90, 1.9],
  [65, 1],
  [45, 0.66],
  [32, 0.31],
  [20, 0.14],
  [16, 0.13],
  [14, 0.12],
  [10, 0.068],
  [7, 0.039],
];

/** Between two processes of the table the area follows a power of the process. */
function relativeArea(processNanometres: number): number {
  const table = areaRelativeTo65Nanometres;
  const upper = table.findIndex(([process]) => process <= processNanometres);
  if (processNanometres > table[0][0] || upper < 0) {
    throw new ChipError('ADC4010', `No area factor is published for ${processNanometres} nm`, {
      hint: 'Give the areas of this process as values of their own.',
    });
  }
  const [process, area] = table[upper];
  if (process === processNanometres) return area;
  const [above, areaAbove] = table[upper - 1];
  return area * (processNanometres / process) ** (Math.log(areaAbove / area) / Math.log(above / process));
}

/** Area of the same logic in process `to` over that in process `from`. */
export function areaFactor(from: number, to: number): number {
  return relativeArea(to) / relativeArea(from);
}

/**
 * An entry at another process, voltage and width:
 * - `processAndVoltage`: energy x (process ratio) x (voltage ratio)^2: capacitance with the drawn size, charge and
 *   voltage each once;
 * - `area`: x the published area factor;
 * - width: x (bits ratio), or squared where both operands of a multiplier grow.
 */
export function scaleEntry<Value>(
  math: Arithmetic<Value>,
  name: string,
  entry: TechnologyEntry,
  { scaled, width }: EntryReference,
  to: ProcessPoint,
): Value {
  const conditions = conditionsOf(entry);
  const value = math.constant(name, entry.value, {
    unit: entry.unit,
    kind: entry.kind,
    source: entry.source,
    ...(conditions === '' ? {} : { conditions }),
  });
  const factors: Value[] = [];
  const given = (figure: string, number: number, unit: string, source: string): Value =>
    math.constant(figure, number, { unit, kind: 'given', source });
  const ratio = (figure: string, target: number, own: number | undefined, unit: string): Value => {
    if (own === undefined)
      throw new ChipError('ADC4010', `The entry ${name} gives no ${figure}, and a formula scales it by that`);
    return math.apply('quotient', `${figure} ratio`, '1', [
      given(`${figure} of the technology`, target, unit, 'technology'),
      given(`${figure} of ${name}`, own, unit, 'entry'),
    ]);
  };
  if (scaled === 'processAndVoltage') {
    factors.push(ratio('process', to.processNanometres, entry.processNanometres, 'nm'));
    factors.push(
      math.apply('power', 'voltage ratio squared', '1', [ratio('voltage', to.voltage, entry.voltage, 'V'), two(math)]),
    );
  } else if (scaled === 'area') {
    const own = entry.processNanometres;
    if (own === undefined)
      throw new ChipError('ADC4010', `The entry ${name} gives no process, and a formula scales its area`);
    factors.push(
      math.procedure(
        'area factor',
        areaFactor(own, to.processNanometres),
        '1',
        'area of the same logic (Stillmaker and Baas, Integration 58, 2017), a power of the process between two of the table',
        [
          given('process of the technology', to.processNanometres, 'nm', 'technology'),
          given(`process of ${name}`, own, 'nm', 'entry'),
        ],
      ),
    );
  }
  if (width !== undefined) {
    const bits = ratio('width', width.bits, entry.widthBits, 'bit');
    factors.push(width.rule === 'linear' ? bits : math.apply('power', 'width ratio squared', '1', [bits, two(math)]));
  }
  return factors.length === 0 ? value : math.apply('product', `${name}, scaled`, entry.unit, [value, ...factors]);
}

function two<Value>(math: Arithmetic<Value>): Value {
  return math.constant('2', 2, { unit: '1', kind: 'definition', source: 'the rule squares it' });
}

function conditionsOf({ processNanometres, voltage, widthBits }: TechnologyEntry): string {
  return [
    ...(processNanometres === undefined ? [] : [`${processNanometres} nm`]),
    ...(voltage === undefined ? [] : [`${voltage} V`]),
    ...(widthBits === undefined ? [] : [`${widthBits} bit`]),
  ].join(', ');
}
