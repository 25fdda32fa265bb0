import {
  assignments,
  ChipError,
  Definitions,
  engineOptionFields,
  engineOptions,
  loadNamedArrays,
  memoryAssignments,
  memoryModelNames,
  objectives,
  parseOptions,
  simulationTools,
  wholeNumber,
  withEngineSettings,
  type CommandDefinition,
} from '@autodnnchip/core';
import { z } from 'zod';
import { validateChip } from './chip/chip-validation.js';
import { validateMeasured } from './measured-validation.js';
import { dataOption, tierOption } from './options.js';

const measuredOptions = z.object({
  data: dataOption,
  platform: z.string().optional(),
  tier: tierOption.default('AB'),
  parameters: z.string().optional(),
  leftOut: z.boolean().default(false),
  plot: z.string().optional(),
});

const chipOptions = z.object({
  platform: z.string().optional(),
  model: z.string().optional(),
  input: z.array(z.string()).default([]),
  runs: wholeNumber(1, 10_000, 1),
  seed: wholeNumber(0, 2 ** 31, 0),
  memory: memoryAssignments('memory'),
  tool: z.enum(simulationTools).optional(),
  synthesize: z.boolean().default(false),
  objective: z.enum(objectives).default('latency'),
  template: z.string().optional(),
  set: assignments('set'),
  ...engineOptionFields,
  calibration: z.string().optional(),
  hostFallback: z.boolean().default(false),
  out: z.string().min(1).optional(),
  plot: z.string().optional(),
});

export const validateCommand: CommandDefinition = {
  id: 'validate',
  summary: 'Hold predictions against the simulation of a chip, or (--data) against measurements of chips that exist.',
  arguments: [
    {
      name: 'MODEL',
      description: 'folder of a bundle, or model file to build one from; absent with --data',
      required: false,
    },
  ],
  options: [
    {
      name: 'data',
      value: 'FILE.csv',
      repeated: true,
      description: 'measurements, with a networks/ folder beside the file',
    },
    {
      name: 'platform',
      value: 'id',
      description: 'platform to build for; with --data: only the rows of this platform',
    },
    { name: 'plot', value: 'FILE.svg', description: 'draw predictions beside what they are held against' },
    { name: 'tier', value: 'A|B|AB', description: 'with --data: only rows of this trust (default: AB)' },
    {
      name: 'parameters',
      value: 'FILE.json',
      description: 'with --data: free parameters that `calibrate --output` wrote',
    },
    {
      name: 'left-out',
      description:
        'with --data: fit free parameters again without each network, and show the errors on it (takes long)',
    },
    {
      name: 'input',
      value: 'file.npz[:key]',
      repeated: true,
      description: "values of the network's inputs (default: random)",
    },
    { name: 'runs', value: 'count', description: 'simulations with random inputs (default: 1)' },
    { name: 'seed', value: 'number', description: 'seed of random inputs (default: 0)' },
    {
      name: 'memory',
      value: 'name=value',
      repeated: true,
      description: `change the memory model: ${memoryModelNames.join(', ')}`,
    },
    { name: 'tool', value: simulationTools.join('|'), description: 'simulator (default: the best that is installed)' },
    { name: 'synthesize', description: 'also hold resources against synthesis' },
    { name: 'model', value: 'file', description: 'model of a bundle (default: the file that it was built from)' },
    {
      name: 'objective',
      value: objectives.join('|'),
      description: 'what to make small when building (default: latency)',
    },
    { name: 'template', value: 'id', description: 'family of accelerators (default: the one with the best chip)' },
    { name: 'set', value: 'name=value', repeated: true, description: 'fix a parameter of the template' },
    ...engineOptions,
    { name: 'calibration', value: 'file.npz[:key]', description: 'inputs from which a float network is quantised' },
    { name: 'host-fallback', description: 'leave operators that the chip cannot run to the host' },
    { name: 'out', value: 'folder', description: 'keep the bundle that is built' },
  ],
  examples: [
    'autodnnchip validate chip/ --runs 3 --plot layers.svg',
    'autodnnchip validate skynet.onnx --platform ultra96 --synthesize --json',
    'autodnnchip validate --data measured/silicon.csv --platform eyeriss --tier A --plot eyeriss.svg',
  ],
  async run(invocation) {
    const subject = invocation.arguments['model'];
    const { options } = invocation;
    if (isGiven(options['data'])) {
      refuse(
        options,
        Object.keys(chipOptions.shape).filter(name => !(name in measuredOptions.shape)),
        '--data',
        subject,
      );
      return await validateMeasured(invocation, parseOptions('validate', measuredOptions, options));
    }
    if (subject === undefined)
      throw new ChipError('ADC6001', 'MODEL is missing', {
        hint: 'Give the folder of a bundle, a model file with --platform, or measurements with --data FILE.csv.',
      });
    refuse(
      options,
      Object.keys(measuredOptions.shape).filter(name => !(name in chipOptions.shape)),
      subject,
    );
    const { input, calibration, ...chosen } = withEngineSettings(
      parseOptions('validate', chipOptions, options),
      invocation.get(Definitions),
    );
    const inputs = input.flatMap(loadNamedArrays);
    if (inputs.length > 0 && chosen.runs > 1)
      throw new ChipError('ADC6001', '--runs: goes with random inputs', { hint: 'Leave out --runs or --input.' });
    return await validateChip(invocation, {
      ...chosen,
      subject,
      inputs,
      ...(calibration === undefined ? {} : { calibration: loadNamedArrays(calibration) }),
    });
  },
};

/** Throws where options of the other kind of validation are given. */
function refuse(
  options: Readonly<Record<string, unknown>>,
  names: readonly string[],
  beside: string,
  subject?: string,
): void {
  const given = [
    ...(subject === undefined ? [] : ['MODEL']),
    ...names
      .filter(name => isGiven(options[name]))
      .map(name => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`),
  ];
  if (given.length > 0)
    throw new ChipError('ADC6001', `${given.join(', ')} cannot be combined with ${beside}`, {
      hint: '`autodnnchip validate --help` shows the options.',
    });
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}
