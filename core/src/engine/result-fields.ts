import { bufferAddressBits, type TaskField } from './task-fields.js';

/** Where results go and how they become bytes: fields of engines that requantise with `requantize_f32`. */
export interface ResultTask {
  /** Signed 8-bit value that is read outside of the input tile. */
  readonly paddingValue: number;
  /** First row of biases and scales. */
  readonly parameterBase: number;
  /** First word in the output buffer, and words from one channel block to the next. */
  readonly outputBase: number;
  readonly outputPlaneStride: number;
  /** Signed output zero point and clamp range. */
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

/** The result's fields; `parameter` and `output` name the buffers that they address. */
export function resultFields(parameter: string, output: string): readonly TaskField[] {
  return [
    { name: 'paddingValue', bits: 8, signed: true, description: 'value that is read outside of the input tile' },
    {
      name: 'parameterBase',
      bits: bufferAddressBits,
      addresses: parameter,
      description: 'first row of biases and scales',
    },
    { name: 'outputBase', bits: bufferAddressBits, addresses: output, description: 'first word of the results' },
    {
      name: 'outputPlaneStride',
      bits: bufferAddressBits,
      addresses: output,
      description: 'words from one channel block of the results to the next',
    },
    { name: 'zeroPoint', bits: 8, signed: true, description: 'output zero point' },
    { name: 'low', bits: 8, signed: true, description: 'least result' },
    { name: 'high', bits: 8, signed: true, description: 'greatest result' },
  ];
}
