import {
  cellAreaHolds,
  predictedAreaHolds,
  type Platform,
  type Prediction,
  type SimulatedLayer,
  type SimulatedOutput,
  type SimulateResponse,
  type SynthesizeResponse,
  type UnitCycles,
} from '@autodnnchip/core';
import { errorPercent } from '../error-statistics.js';

/** One number of one layer of one run, as predicted and as the simulated chip counted it. */
export interface CounterRow {
  /** From 1. */
  readonly run: number;
  readonly layer: string;
  /** `cycles`, or a unit's counter, such as `conv.busyCycles`. */
  readonly counter: string;
  readonly predicted: number;
  readonly simulated: number;
  /** Predicted - simulated. */
  readonly difference: number;
}

export type CounterTotal = Omit<CounterRow, 'layer'>;

const unitCounters = [
  'busyCycles',
  'waitInputCycles',
  'waitOutputCycles',
] as const satisfies readonly (keyof UnitCycles)[];

/** Cycles and counters of every layer, in the order of the program. */
export function counterRows(run: number, layers: readonly SimulatedLayer[]): readonly CounterRow[] {
  return layers.flatMap(({ name, predicted, simulated, units }) => [
    compared(run, name, 'cycles', predicted, simulated),
    ...Object.entries(units ?? {}).flatMap(([unit, counts]) =>
      unitCounters.map(counter =>
        compared(run, name, `${unit}.${counter}`, counts.predicted[counter], counts.simulated[counter]),
      ),
    ),
  ]);
}

function compared(run: number, layer: string, counter: string, predicted: number, simulated: number): CounterRow {
  return { run, layer, counter, predicted, simulated, difference: predicted - simulated };
}

/** Sums over the layers; `cycles` is what the chip's cycle register holds at the end. */
export function counterTotals(
  run: number,
  { total, predictedTotal }: SimulateResponse['cycles'],
  rows: readonly CounterRow[],
): readonly CounterTotal[] {
  const sums = new Map<string, { predicted: number; simulated: number }>();
  for (const { counter, predicted, simulated } of rows) {
    const sum = sums.get(counter) ?? { predicted: 0, simulated: 0 };
    sums.set(counter, { predicted: sum.predicted + predicted, simulated: sum.simulated + simulated });
  }
  sums.set('cycles', { predicted: predictedTotal, simulated: total });
  return [...sums].map(([counter, { predicted, simulated }]) => ({
    run,
    counter,
    predicted,
    simulated,
    difference: predicted - simulated,
  }));
}

export interface ComparedOutput {
  readonly run: number;
  readonly name: string;
  readonly elements: number;
  /** Elements that are not what the reference executor gives; absent where there is no reference. */
  readonly mismatches?: number;
  readonly firstMismatch?: NonNullable<SimulatedOutput['firstMismatch']>;
}

export function comparedOutputs(run: number, outputs: readonly SimulatedOutput[]): readonly ComparedOutput[] {
  return outputs.map(({ name, values, mismatches, firstMismatch }) => ({
    run,
    name,
    elements: values.data.length,
    ...(mismatches === undefined ? {} : { mismatches }),
    ...(firstMismatch === undefined ? {} : { firstMismatch }),
  }));
}

export interface CoarseRow {
  readonly layer: string;
  readonly coarse: number;
  readonly fine: number;
  /** 100 x (coarse - fine) / fine. */
  readonly errorPercent: number;
}

/** The coarse mode beside the fine one, in cycles. */
export interface CoarseComparison extends Omit<CoarseRow, 'layer'> {
  readonly layers: readonly CoarseRow[];
}

/** Layers of both modes come in the order of the network. */
export function compareCoarse(
  { latencyCycles, layers }: Prediction,
  { predictedTotal, layers: fine }: SimulateResponse['cycles'],
): CoarseComparison {
  const coarse = new Map(layers.map(layer => [layer.name, layer.latencyCycles]));
  return {
    coarse: latencyCycles,
    fine: predictedTotal,
    errorPercent: errorPercent(latencyCycles, predictedTotal),
    layers: fine.flatMap(({ name, predicted }) => {
      const cycles = coarse.get(name);
      return cycles === undefined
        ? []
        : [
            {
              layer: name,
              coarse: cycles,
              fine: predicted,
              errorPercent: predicted === 0 ? 0 : errorPercent(cycles, predicted),
            },
          ];
    }),
  };
}

export interface ResourceRow {
  readonly resource: string;
  readonly predicted: number;
  readonly synthesized: number;
  readonly difference: number;
  /** 100 x (predicted - synthesized) / synthesized; absent where nothing was synthesised. */
  readonly errorPercent?: number;
}

/**
 * Resources that both prediction and synthesis give. Multipliers are those that layers use; synthesis sees blocks,
 * which are compared as such. Areas are not among them: they hold different things in different processes
 * (`areaNotCompared`).
 */
export function resourceRows({ resources, predicted }: SynthesizeResponse): readonly ResourceRow[] {
  return Object.entries(predicted ?? {}).flatMap(([resource, value]) => {
    const synthesized = resources[resource as keyof typeof resources];
    if (
      resource === 'multipliers' ||
      resource === 'areaSquareMillimetres' ||
      synthesized === undefined ||
      typeof value !== 'number'
    )
      return [];
    return [
      {
        resource,
        predicted: value,
        synthesized,
        difference: value - synthesized,
        ...(synthesized === 0 ? {} : { errorPercent: errorPercent(value, synthesized) }),
      },
    ];
  });
}

/** Why a predicted area has nothing beside it; undefined where none is predicted. */
export function areaNotCompared(
  { resources, predicted }: SynthesizeResponse,
  platform: Platform,
): { readonly what: string; readonly reason: string } | undefined {
  const holds = predicted === undefined ? undefined : predictedAreaHolds(predicted, platform);
  if (predicted === undefined || holds === undefined) return undefined;
  const cells = cellAreaHolds(resources, undefined);
  return {
    what: 'area',
    reason: `the predicted ${predicted.areaSquareMillimetres} mm2 hold ${holds}; the synthesis ${cells === undefined ? 'gives no area' : `gives ${resources.areaSquareMillimetres} mm2 of ${cells}, in the process of that library`}`,
  };
}
