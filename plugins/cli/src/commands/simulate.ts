import {
  BundleStore,
  checkClock,
  checkResultFile,
  ChipPredictor,
  ChipSimulator,
  clockWarning,
  highestClockText,
  loadNamedArrays,
  Log,
  memoryAssignments,
  memoryModelNames,
  parseOptions,
  printableName,
  simulationTools,
  writeNpz,
  writeResultFile,
  type Bundle,
  type ClockCheck,
  type CommandDefinition,
  type CommandInvocation,
  type SimulateResponse,
} from '@autodnnchip/core';
import { z } from 'zod';
import type { DocumentOf } from '../documents/documents.js';
import { formatHostOperators } from '../prediction-text.js';
import { formatCount, formatQuantity, formatTable } from '../table.js';

const optionsSchema = z.object({
  input: z.array(z.string()),
  expect: z.array(z.string()).default([]),
  tool: z.enum(simulationTools).optional(),
  memory: memoryAssignments('memory'),
  save: z.string().optional(),
});

export const simulateCommand: CommandDefinition = {
  id: 'simulate',
  summary: 'Simulate a bundle cycle by cycle on real inputs; compare output bits and cycles.',
  arguments: [{ name: 'DIR', description: 'folder of a bundle', required: true }],
  options: [
    { name: 'input', value: 'file.npz[:key]', repeated: true, description: "values of the network's inputs" },
    { name: 'expect', value: 'file.npz:key', repeated: true, description: 'values that the outputs must equal' },
    { name: 'tool', value: simulationTools.join('|'), description: 'simulator (default: the best that is installed)' },
    {
      name: 'memory',
      value: 'name=value',
      repeated: true,
      description: `change the memory model: ${memoryModelNames.join(', ')}`,
    },
    { name: 'save', value: 'file.npz', description: 'write the simulated outputs' },
  ],
  examples: ['autodnnchip simulate chip/ --input io.npz:input --expect io.npz:y_noopt'],
  async run(invocation) {
    const options = parseOptions('simulate', optionsSchema, invocation.options);
    const bundle = await invocation.get(BundleStore).read(invocation.arguments['dir'] ?? '');
    const inputs = options.input.flatMap(loadNamedArrays);
    const expected = options.expect.flatMap(loadNamedArrays);
    if (options.save !== undefined) await checkResultFile(options.save, 'save');
    const response = await invocation.get(ChipSimulator).simulate({
      bundle,
      inputs,
      signal: invocation.signal,
      ...(expected.length === 0 ? {} : { expected }),
      ...(options.tool === undefined ? {} : { tool: options.tool }),
      ...(Object.keys(options.memory).length === 0 ? {} : { memory: options.memory }),
    });
    if (options.save !== undefined)
      await writeResultFile(
        options.save,
        writeNpz(new Map(response.outputs.map(({ name, values }) => [name, values]))),
        'save',
      );
    const equal = isEqual(response);
    const clock = await clockOf(invocation, bundle);
    const warning = clockWarning(clock);
    if (warning !== undefined) invocation.get(Log).warn(warning);
    return {
      document: toDocument(response, equal, clock),
      text: toText(response, equal, clock),
      exitCode: equal ? 0 : 1,
    };
  },
};

/** Simulated cycles are exact; the clock at which they are counted is only predicted. */
async function clockOf(invocation: CommandInvocation, bundle: Bundle): Promise<ClockCheck> {
  return checkClock((await invocation.get(ChipPredictor).predictBundle({ bundle, mode: 'fine' })).prediction);
}

function isEqual({ outputs, cycles }: SimulateResponse): boolean {
  return (
    outputs.every(({ mismatches }) => (mismatches ?? 0) === 0) &&
    cycles.total === cycles.predictedTotal &&
    cycles.layers.every(({ predicted, simulated }) => predicted === simulated)
  );
}

function toDocument(
  { tool, version, hostOperators, outputs, cycles, wallSeconds }: SimulateResponse,
  equal: boolean,
  clock: ClockCheck,
): DocumentOf<'simulate'> {
  return {
    tool,
    version,
    equal,
    bitsCompared: bitsCompared(outputs),
    hostOperators,
    outputs: outputs.map(({ name, values, mismatches, firstMismatch }) => ({
      name,
      elementType: values.elementType,
      shape: values.shape,
      elements: values.data.length,
      ...(mismatches === undefined ? {} : { mismatches }),
      ...(firstMismatch === undefined ? {} : { firstMismatch }),
    })),
    // Counters are for `validate`.
    cycles: {
      ...cycles,
      layers: cycles.layers.map(({ name, predicted, simulated }) => ({ name, predicted, simulated })),
    },
    clock,
    wallSeconds,
    cyclesPerSecond: wallSeconds > 0 ? cycles.total / wallSeconds : 0,
  };
}

function bitsCompared(outputs: SimulateResponse['outputs']): 'all' | 'some' | 'none' {
  const compared = outputs.filter(({ mismatches }) => mismatches !== undefined).length;
  return compared === 0 ? 'none' : compared === outputs.length ? 'all' : 'some';
}

/** Says of bits no more than was compared. */
function agreement(outputs: SimulateResponse['outputs']): string {
  const extent = bitsCompared(outputs);
  if (extent === 'all') return 'Bits and cycles agree.';
  if (extent === 'none')
    return 'Cycles agree. No bits were compared: --expect FILE.npz:KEY says what the outputs must be.';
  const open = outputs.filter(({ mismatches }) => mismatches === undefined);
  return `Cycles agree, and the bits of ${outputs.length - open.length} of ${outputs.length} outputs; the others were not compared.`;
}

function toText(
  { tool, version, hostOperators, outputs, cycles, wallSeconds }: SimulateResponse,
  equal: boolean,
  clock: ClockCheck,
): string {
  const layers = formatTable(
    [
      { title: 'layer' },
      { title: 'predicted', align: 'right' },
      { title: 'simulated', align: 'right' },
      { title: 'difference', align: 'right' },
    ],
    [...cycles.layers, { name: 'total', predicted: cycles.predictedTotal, simulated: cycles.total }].map(
      ({ name, predicted, simulated }) => [
        name,
        formatCount(predicted),
        formatCount(simulated),
        formatCount(predicted - simulated),
      ],
    ),
  );
  const bits = outputs.map(({ name: given, values, mismatches, firstMismatch }) => {
    const name = printableName(given);
    if (mismatches === undefined)
      return `output ${name}: ${formatCount(values.data.length)} values, nothing to compare with`;
    if (mismatches === 0) return `output ${name}: all ${formatCount(values.data.length)} values are as expected`;
    const first =
      firstMismatch === undefined
        ? ''
        : `; first at [${firstMismatch.index.join(', ')}]: expected ${firstMismatch.expected}, simulated ${firstMismatch.simulated}`;
    return `output ${name}: ${formatCount(mismatches)} of ${formatCount(values.data.length)} values DIFFER${first}`;
  });
  const speed = wallSeconds > 0 ? `, ${formatQuantity(cycles.total / wallSeconds, 'cycles/s')}` : '';
  const verdict = equal ? agreement(outputs) : 'Bits or cycles DIFFER.';
  const host =
    hostOperators.length === 0 ? '' : `${formatHostOperators(hostOperators, 'Their time is in no cycle count.')}\n\n`;
  return `${layers}\n\n${host}${bits.join('\n')}\nclock: ${clock.megahertz} MHz; highest clock ${highestClockText(clock)}\n${tool} ${version}: ${formatQuantity(wallSeconds, 's')}${speed}\n${verdict}`;
}
