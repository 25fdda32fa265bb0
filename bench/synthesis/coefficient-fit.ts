import { convEngineCells, convEngineCoefficients, type ConvEngineCoefficients } from '@autodnnchip/ip-conv-adder-tree';
import { laneEngineCells, laneEngineCoefficients, type LaneEngineCoefficients } from '@autodnnchip/ip-lane-engine';
import { recordLayersFor } from '../../plugins/accel-shared/src/configuration.js';
import { chipBuffers } from '../../plugins/accel-shared/src/cost/buffers.js';
import { chassisCoefficients } from '../../plugins/accel-shared/src/cost/chassis-coefficients.js';
import { chassisLogic, type ChassisCoefficients } from '../../plugins/accel-shared/src/cost/chassis-logic.js';
import { queueCells } from '../../plugins/accel-shared/src/cost/queues.js';
import { withEngines } from '../../test/support/chip-engines.js';
import type { BlockRow, ChipRow, FittedFamily, SynthesisSweep } from '../../test/accel-shared/synthesis-rows.js';
import { leastSquares } from './least-squares.js';

/** Coefficients of one family, by what they belong to. */
export interface ModelCoefficients {
  readonly conv: ConvEngineCoefficients;
  readonly lane: LaneEngineCoefficients;
  readonly chassis: ChassisCoefficients;
}

export interface Cells {
  readonly lut: number;
  readonly ff: number;
}

/** The model with given coefficients, for a row of the sweep. */
export function modelCells(
  row: BlockRow | ChipRow,
  layerCount: number,
  family: FittedFamily,
  coefficients: ModelCoefficients,
): Cells {
  if ('block' in row) return blockCells(row, family, coefficients);
  const configuration = withEngines(row.configuration);
  const buffers = chipBuffers(configuration, recordLayersFor(layerCount), family);
  const parts: readonly Cells[] = [
    convEngineCells(configuration, family, coefficients.conv),
    laneEngineCells(configuration, family, coefficients.lane),
    buffers,
    queueCells(configuration, family),
    chassisLogic(configuration, family, coefficients.chassis),
  ];
  return {
    lut: parts.reduce((sum, { lut }) => sum + lut, 0),
    ff: parts.reduce((sum, { ff }) => sum + ff, 0) - buffers.fromEngines.reduce((sum, count) => sum + count, 0),
  };
}

function blockCells({ block, parameters }: BlockRow, family: FittedFamily, coefficients: ModelCoefficients): Cells {
  const value = (name: string): number => {
    const found = parameters[name];
    if (found === undefined) throw new RangeError(`A row of ${block} has no ${name}`);
    return found;
  };
  return block === 'conv_engine'
    ? convEngineCells(
        {
          channelBlock: value('CHANNEL_BLOCK'),
          outputParallelism: value('OUTPUTS'),
          convRequantizeDivider: value('REQUANTIZE_DIVIDER'),
          partialSumDepth: value('PARTIAL_SUM_DEPTH'),
        },
        family,
        coefficients.conv,
      )
    : laneEngineCells(
        {
          channelBlock: value('CHANNEL_BLOCK'),
          laneBlocks: value('LANE_BLOCKS'),
          laneMultiply: value('MULTIPLY'),
          laneRequantizeDivider: value('REQUANTIZE_DIVIDER'),
        },
        family,
        coefficients.lane,
      );
}

/** Counts are whole numbers: a coefficient this large shows its part of them exactly enough. */
const probe = 1e6;
const significantDigits = 4;

/** Coefficients with the least sum of squared relative errors over the engines and the `fit` chips of a family. */
export function fitCoefficients(sweep: SynthesisSweep, family: FittedFamily): ModelCoefficients {
  const rows = [...sweep.blocks, ...sweep.chips.filter(({ purpose }) => purpose === 'fit')].filter(
    ({ target }) => target === family,
  );
  const fitted: Coefficient[] = [];
  for (const resource of ['lut', 'ff'] as const) {
    const names = coefficientNames(family).filter(([, name]) => name.startsWith(resource));
    const cells = (row: BlockRow | ChipRow, given: readonly Coefficient[]): number =>
      modelCells(row, sweep.layerCount, family, withCoefficients(family, given))[resource];
    const matrix = rows.map(row =>
      names.map(([part, name]) => (cells(row, [[part, name, probe]]) - cells(row, [])) / probe / row.counts[resource]),
    );
    const targets = rows.map(row => (row.counts[resource] - cells(row, [])) / row.counts[resource]);
    const values = leastSquares(matrix, targets);
    fitted.push(
      ...names.map(([part, name], index): Coefficient => [
        part,
        name,
        Number(values[index].toPrecision(significantDigits)),
      ]),
    );
  }
  return withCoefficients(family, fitted);
}

type Coefficient = readonly [part: keyof ModelCoefficients, name: string, value: number];

function coefficientNames(family: FittedFamily): (readonly [part: keyof ModelCoefficients, name: string])[] {
  const parts = {
    conv: convEngineCoefficients[family],
    lane: laneEngineCoefficients[family],
    chassis: chassisCoefficients[family],
  };
  return (['conv', 'lane', 'chassis'] as const).flatMap(part =>
    Object.keys(parts[part]).map(name => [part, name] as const),
  );
}

/** All coefficients zero but those given. */
function withCoefficients(family: FittedFamily, given: readonly Coefficient[]): ModelCoefficients {
  const values: Record<keyof ModelCoefficients, Record<string, number>> = { conv: {}, lane: {}, chassis: {} };
  for (const [part, name] of coefficientNames(family)) values[part][name] = 0;
  for (const [part, name, value] of given) values[part][name] = value;
  return values as unknown as ModelCoefficients;
}
