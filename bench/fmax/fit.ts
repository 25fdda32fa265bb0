/**
 * Fits the two coefficients of a routed net (`core/src/cost/path-delay.ts`) to the `fit` rows of `sweep.json` by least
 * squares on the period, and prints how far the prediction with the coefficients in use is from every row.
 *
 *     node --conditions=@autodnnchip/source --import tsx bench/fmax/fit.ts
 */
import { pathDelay } from '@autodnnchip/core';
import { convEnginePaths } from '../../ip-plugins/conv-adder-tree/src/paths.js';
import { measuredFmax, predictedFmax, predictedLuts, readFmaxSweep } from './rows.js';

const { rows } = readFmaxSweep();
const ecp5 = rows.filter(({ target }) => target === 'ecp5');

// The product of the requantiser, which both engines have, decides in these rows: its logic is known, what is left is
// its nets.
const decisive = pathDelay(convEnginePaths[0], 'ecp5');
if (decisive === undefined) throw new Error('There are no delays of ecp5');
const points = ecp5
  .filter(({ purpose }) => purpose === 'fit')
  .map(row => ({
    root: Math.sqrt(predictedLuts(row)),
    net: (1000 / measuredFmax(row) - decisive.logicNanoseconds) / decisive.routedNets,
  }));
const sum = (value: (point: (typeof points)[number]) => number): number =>
  points.reduce((total, point) => total + value(point), 0);
const determinant = points.length * sum(({ root }) => root ** 2) - sum(({ root }) => root) ** 2;
const slope =
  (points.length * sum(({ root, net }) => root * net) - sum(({ root }) => root) * sum(({ net }) => net)) / determinant;
const base = (sum(({ net }) => net) - slope * sum(({ root }) => root)) / points.length;
process.stdout.write(`fit on ${points.length} rows: netBase ${base.toFixed(3)}, netPerRootLut ${slope.toFixed(5)}\n\n`);

for (const row of ecp5) {
  const measured = measuredFmax(row);
  const predicted = predictedFmax(row);
  const { from } = row.seeds[0].criticalPath;
  process.stdout.write(
    `${[
      row.purpose.padEnd(7),
      row.key.padEnd(24),
      `${Math.round(predictedLuts(row))} LUT`.padStart(10),
      `${row.seeds.length} seeds`,
      `${measured.toFixed(1).padStart(6)} MHz`,
      `predicted ${predicted.toFixed(1).padStart(6)}`,
      `${(100 * (predicted / measured - 1)).toFixed(1).padStart(6)} %`,
      from,
    ].join('  ')}\n`,
  );
}
