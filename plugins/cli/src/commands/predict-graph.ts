import {
  ChipError,
  GraphPredictor,
  Log,
  printableName,
  readChipGraph,
  writeResultFile,
  type CommandInvocation,
  type CommandResult,
  type GraphPrediction,
} from '@autodnnchip/core';
import type { DocumentOf } from '../documents/documents.js';
import { formatCount, formatFacts, formatPercent, formatQuantity, formatTable } from '../table.js';

/** States in a trace file: as many as a browser shows without trouble. */
const traceEvents = 200_000;
const shownRows = 20;

export interface PredictGraphOptions {
  readonly file: string;
  readonly mode: 'coarse' | 'fine';
  /** Where the timeline goes. */
  readonly trace: string | undefined;
}

/** `predict --graph`: reads a chip graph, predicts it, and writes its timeline where that is wanted. */
export async function predictGraphFile(
  invocation: CommandInvocation,
  { file, mode, trace }: PredictGraphOptions,
): Promise<CommandResult> {
  if (trace !== undefined && mode === 'coarse') {
    throw new ChipError('ADC6001', '--trace: the coarse mode has no timeline', { hint: 'Leave out --mode coarse.' });
  }
  const graph = readChipGraph(file);
  const response = invocation
    .get(GraphPredictor)
    .predictGraph({ graph, mode, ...(trace === undefined ? {} : { traceEvents }) });
  if (trace !== undefined && response.trace !== undefined) {
    await writeResultFile(trace, response.trace.json, 'trace');
    if (!response.trace.complete)
      invocation.get(Log).warn(`${trace} holds the first ${formatCount(traceEvents)} states only`);
  }
  const document: DocumentOf<'predict'> = response.prediction;
  const where =
    trace === undefined ? '' : `\n\nTimeline: ${trace} (open it in Perfetto or chrome://tracing; 1 us is 1 cycle)`;
  return { document, text: formatGraphPrediction(response.prediction) + where };
}

/** A graph's prediction for a human: totals, then the busiest resources and nodes. */
export function formatGraphPrediction(prediction: GraphPrediction): string {
  const {
    mode,
    latencyCycles,
    latencyUpperBoundCycles,
    clockMegahertz,
    latencySeconds = 0,
    powerMilliwatts = 0,
  } = prediction;
  const seconds =
    clockMegahertz === undefined ? '' : ` at ${clockMegahertz} MHz = ${formatQuantity(latencySeconds, 's')}`;
  const bound =
    latencyUpperBoundCycles === undefined
      ? ''
      : `, lower bound; at most ${formatCount(latencyUpperBoundCycles)} cycles`;
  const facts: [string, string][] = [
    ['latency', `${formatCount(latencyCycles)} cycles${seconds} (${mode} mode${bound})`],
    ['energy', formatQuantity(prediction.energyPicojoules * 1e-12, 'J')],
    ...(clockMegahertz === undefined
      ? []
      : [['power', formatQuantity(powerMilliwatts * 1e-3, 'W')] satisfies [string, string]]),
    ['bottleneck', `${prediction.bottleneck} (resource: ${prediction.bottleneckResource})`],
  ];
  const { simulation } = prediction;
  if (simulation !== undefined && simulation.simulatedExecutions < simulation.totalExecutions)
    facts.push([
      'simulated',
      `${formatCount(simulation.simulatedExecutions)} of ${formatCount(simulation.totalExecutions)} executions of states; the others repeat`,
    ]);
  const share = (busy: number): string => formatPercent(busy / latencyCycles);
  const byBusy = <Item extends { readonly busyCycles: number }>(items: readonly Item[]): readonly Item[] =>
    [...items].sort((left, right) => right.busyCycles - left.busyCycles).slice(0, shownRows);
  const right = 'right' as const;
  const resources = formatTable(
    [
      { title: 'resource' },
      { title: 'class' },
      { title: 'busy', align: right },
      { title: 'of latency', align: right },
      { title: 'energy', align: right },
    ],
    byBusy(prediction.resources).map(row => [
      row.clockMegahertz === undefined ? row.id : `${row.id} (${row.clockMegahertz} MHz)`,
      row.class,
      formatCount(row.busyCycles),
      share(row.busyCycles),
      formatQuantity(row.energyPicojoules * 1e-12, 'J'),
    ]),
  );
  const waits = mode === 'fine';
  const hasClocks = prediction.nodes.some(({ waitClockCycles }) => waitClockCycles !== undefined);
  const nodes = formatTable(
    [
      { title: 'node' },
      { title: 'class' },
      { title: 'busy', align: right },
      ...(waits
        ? ['waits for input', 'for room', 'for resource', ...(hasClocks ? ['for clock'] : []), 'finishes'].map(
            title => ({ title, align: right }),
          )
        : []),
    ],
    byBusy(prediction.nodes).map(row => [
      row.id,
      row.class,
      formatCount(row.busyCycles),
      ...(waits
        ? [
            row.waitInputCycles,
            row.waitOutputCycles,
            row.waitResourceCycles,
            ...(hasClocks ? [row.waitClockCycles] : []),
            row.finishCycle,
          ].map(cycles => formatCount(cycles ?? 0))
        : []),
    ]),
  );
  return [
    `${printableName(prediction.graph)}\n`,
    formatFacts(facts),
    '',
    resources,
    more(prediction.resources.length),
    nodes,
    more(prediction.nodes.length),
  ]
    .join('\n')
    .trimEnd();
}

function more(rows: number): string {
  return rows > shownRows ? `… and ${formatCount(rows - shownRows)} that are busy for less time; --json has all\n` : '';
}
