import type { ErrorCode } from '../errors/index.js';

/** What a kind of file that users give is called, how large one may be, and how its refusal is told. */
export interface InputFileKind {
  /** Begins a sentence, before the path. */
  readonly title: string;
  readonly maximumBytes: number;
  readonly code: ErrorCode;
  /** Where another code tells that the file is too large. */
  readonly sizeCode?: ErrorCode;
  readonly hint: string;
  readonly sizeHint?: string;
}

const mebibyte = 2 ** 20;

/** Node reads no larger file at once. */
const largestReadBytes = 2 ** 31 - 1;

/** Every kind of file that a user can name, with its cap: nothing larger is read, whatever the path leads to. */
export const inputFileKinds = {
  model: {
    title: 'Model file',
    code: 'ADC1001',
    sizeCode: 'ADC1016',
    hint: 'Give a .onnx file.',
    // Protocol buffers end there.
    maximumBytes: largestReadBytes,
    sizeHint: 'ONNX files end at 2 GiB: larger weights are kept in external data.',
  },
  array: {
    title: 'The array file',
    code: 'ADC1101',
    sizeCode: 'ADC1103',
    hint: 'Give a .npz or .npy file.',
    maximumBytes: largestReadBytes,
    sizeHint: 'Write fewer samples, or one array per file.',
  },
  graph: {
    title: 'The graph file',
    code: 'ADC3301',
    sizeCode: 'ADC3308',
    hint: 'Give the path of a *.chip.json file.',
    maximumBytes: 256 * mebibyte,
    sizeHint: 'Fold repeated states into loops, and repeated parts into sub-graphs.',
  },
  measurements: {
    title: 'The table',
    code: 'ADC3404',
    hint: 'Give a file of comma-separated values.',
    maximumBytes: 64 * mebibyte,
  },
  parameters: {
    title: 'The parameter file',
    code: 'ADC3404',
    hint: 'Give a file that `autodnnchip calibrate --output` wrote.',
    maximumBytes: 16 * mebibyte,
  },
  mapping: {
    title: 'The mapping file',
    code: 'ADC6001',
    maximumBytes: 16 * mebibyte,
    hint: 'Give JSON with sizes by layer, for instance { "conv1": { "m": 96, "n": 1, "e": 7 } }.',
  },
  accelerators: {
    title: 'The accelerator file',
    code: 'ADC3402',
    hint: 'Give a JSON file like those of platform-plugins/dpu.',
    maximumBytes: 16 * mebibyte,
  },
  platform: {
    title: 'The platform file',
    code: 'ADC4010',
    hint: 'Give the path of a JSON file that follows core/schemas/platform.schema.json.',
    maximumBytes: 16 * mebibyte,
  },
  technology: {
    title: 'The technology file',
    code: 'ADC4010',
    maximumBytes: 16 * mebibyte,
    hint: 'Name a technology of docs/technology-tables.md, or give the path of a file that follows core/schemas/technology.schema.json.',
  },
  liberty: {
    title: 'The Liberty file',
    code: 'ADC4012',
    hint: 'Give the .lib file of a standard-cell library.',
    maximumBytes: 512 * mebibyte,
  },
  rtl: {
    title: 'RTL file',
    code: 'ADC5006',
    hint: 'Give files that exist and that you may read.',
    maximumBytes: 16 * mebibyte,
  },
  bundleText: {
    title: "The bundle's file",
    code: 'ADC6005',
    hint: 'Build the chip again.',
    maximumBytes: 64 * mebibyte,
  },
  bundleData: {
    title: "The bundle's file",
    code: 'ADC6005',
    hint: 'Build the chip again.',
    maximumBytes: largestReadBytes,
  },
  pluginManifest: {
    title: "The plugin's package file",
    code: 'ADC2010',
    hint: 'Install the plugin again.',
    maximumBytes: mebibyte,
  },
} as const satisfies Readonly<Record<string, InputFileKind>>;

export type InputFileKindName = keyof typeof inputFileKinds;
