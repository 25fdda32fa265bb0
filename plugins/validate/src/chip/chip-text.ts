import { printableName } from '@autodnnchip/core';
import { groupBy } from '../error-statistics.js';
import { figure, percent, table } from '../table.js';
import type { CounterRow } from './chip-comparison.js';
import type { ChipValidation } from './validation-result.js';

/** Differing counters that are listed one by one. */
const mostDifferences = 40;

/** A validation for a human: cycles per layer, counters per layer, totals, bits, resources, verdict. */
export function chipText(validation: ChipValidation): string {
  const { coarse, synthesis, hostOperators, notCompared } = validation;
  return [
    head(validation),
    cycleTable(validation),
    counterTable(validation),
    totalTable(validation),
    differences(validation),
    coarse === undefined
      ? ''
      : `Coarse mode: ${coarse.coarse} cycles, fine mode ${coarse.fine} (${percent(coarse.errorPercent)} %).`,
    outputLines(validation),
    synthesis === undefined
      ? ''
      : table(
          [
            `resource (${synthesis.target})`,
            'predicted',
            `${synthesis.tool} ${synthesis.version}`,
            'difference',
            'error %',
          ],
          synthesis.rows.map(row => [
            row.resource,
            String(row.predicted),
            String(row.synthesized),
            String(row.difference),
            row.errorPercent === undefined ? '' : percent(row.errorPercent),
          ]),
        ),
    hostOperators.length === 0
      ? ''
      : `On the host, in no cycle count:\n${hostOperators.map(({ name, operator, reason }) => `  ${printableName(`${name} (${operator}): ${reason}`)}`).join('\n')}`,
    notCompared.length === 0
      ? ''
      : `Not compared:\n${notCompared.map(({ what, reason }) => `  ${what}: ${printableName(reason)}`).join('\n')}`,
    verdict(validation),
  ]
    .filter(section => section !== '')
    .join('\n\n');
}

function head({
  network,
  platform,
  template,
  configuration,
  memory,
  tool,
  version,
  runs,
  seed,
  wallSeconds,
  directory,
}: ChipValidation): string {
  const chosen = Object.entries(configuration)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  const inputs = seed === undefined ? 'given' : `random, seed ${runs === 1 ? seed : `${seed} to ${seed + runs - 1}`}`;
  return [
    `network    ${printableName(network)}`,
    `platform   ${platform}`,
    `chip       ${template}: ${chosen}`,
    ...(directory === undefined ? [] : [`bundle     ${directory}`]),
    `memory     ${Object.entries(memory)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ')}`,
    `inputs     ${inputs}; ${runs} run${runs === 1 ? '' : 's'}`,
    `simulator  ${tool} ${version}, ${figure(wallSeconds)} s`,
  ].join('\n');
}

function ofRun(rows: readonly CounterRow[], wanted: number): readonly CounterRow[] {
  return rows.filter(({ run }) => run === wanted);
}

function cycleTable({ rows, coarse, totals }: ChipValidation): string {
  const coarseCycles = new Map((coarse?.layers ?? []).map(row => [row.layer, row]));
  const total = totals.find(({ counter }) => counter === 'cycles');
  const cycles = ofRun(rows, 1).filter(({ counter }) => counter === 'cycles');
  const line = (
    layer: string,
    predicted: number,
    simulated: number,
    beside: { readonly coarse: number; readonly errorPercent: number } | undefined,
  ): string[] => [
    layer,
    String(predicted),
    String(simulated),
    String(predicted - simulated),
    ...(coarse === undefined
      ? []
      : [beside === undefined ? '' : String(beside.coarse), beside === undefined ? '' : percent(beside.errorPercent)]),
  ];
  return table(
    [
      'cycles of layer',
      'predicted',
      'simulated',
      'difference',
      ...(coarse === undefined ? [] : ['coarse', 'coarse error %']),
    ],
    [
      ...cycles.map(({ layer, predicted, simulated }) => line(layer, predicted, simulated, coarseCycles.get(layer))),
      line('total', total?.predicted ?? 0, total?.simulated ?? 0, coarse),
    ],
    1,
  );
}

const shortNames: Readonly<Record<string, string>> = {
  busyCycles: 'busy',
  waitInputCycles: 'in',
  waitOutputCycles: 'out',
};

/** Counters of all layers side by side: one number where prediction and simulation agree, both where they do not. */
function counterTable({ rows }: ChipValidation): string {
  const layers = groupBy(
    ofRun(rows, 1).filter(({ counter }) => counter !== 'cycles'),
    ({ layer }) => layer,
  );
  if (layers.length === 0) return '';
  const titles = layers[0].map(({ counter }) =>
    counter.replace(/\w+$/, name => shortNames[name] ?? name).replace('.', ' '),
  );
  return `Counters in cycles, predicted = simulated unless both are given (busy, waiting for input, waiting for output):\n${table(
    ['layer', ...titles],
    layers.map(layer => [
      layer[0].layer,
      ...layer.map(({ predicted, simulated, difference }) =>
        difference === 0 ? String(predicted) : `${predicted}/${simulated}`,
      ),
    ]),
    1,
  )}`;
}

function totalTable({ totals }: ChipValidation): string {
  return table(
    ['counter, all layers', 'predicted', 'simulated', 'difference'],
    totals
      .filter(({ run, difference }) => run === 1 || difference !== 0)
      .map(({ run, counter, predicted, simulated, difference }) => [
        run === 1 ? counter : `${counter} (run ${run})`,
        String(predicted),
        String(simulated),
        String(difference),
      ]),
    1,
  );
}

function differences({ rows }: ChipValidation): string {
  const wrong = rows.filter(({ difference }) => difference !== 0);
  if (wrong.length === 0) return '';
  const more = wrong.length > mostDifferences ? `\n(${wrong.length - mostDifferences} more; --json has all)` : '';
  return `${table(
    ['DIFFERENT: run', 'layer', 'counter', 'predicted', 'simulated', 'difference'],
    wrong
      .slice(0, mostDifferences)
      .map(row => [
        String(row.run),
        row.layer,
        row.counter,
        String(row.predicted),
        String(row.simulated),
        String(row.difference),
      ]),
  )}${more}`;
}

function outputLines({ outputs }: ChipValidation): string {
  return outputs
    .map(({ run, name, elements, mismatches, firstMismatch }) => {
      const what = `run ${run}, output ${name}: `;
      if (mismatches === undefined) return `${what}${elements} values, nothing to compare with`;
      if (mismatches === 0) return `${what}all ${elements} values are those of the reference executor`;
      const first =
        firstMismatch === undefined
          ? ''
          : `; first at [${firstMismatch.index.join(', ')}]: expected ${firstMismatch.expected}, simulated ${firstMismatch.simulated}`;
      return `${what}${mismatches} of ${elements} values DIFFER from the reference executor${first}`;
    })
    .join('\n');
}

function verdict({ summary }: ChipValidation): string {
  const { equal, layers, counters, differingCounters, mismatches, predictedCycles, simulatedCycles } = summary;
  const bits =
    mismatches === null
      ? 'bits were not compared'
      : mismatches === 0
        ? 'every output bit agrees'
        : `${mismatches} output values DIFFER`;
  const cycles =
    differingCounters === 0
      ? `all ${counters} cycle counts and counters of ${layers} layers agree`
      : `${differingCounters} of ${counters} cycle counts and counters DIFFER`;
  return `${equal ? 'Prediction and simulation agree' : 'Prediction and simulation DIFFER'}: ${predictedCycles} cycles predicted, ${simulatedCycles} simulated; ${cycles}; ${bits}.`;
}
