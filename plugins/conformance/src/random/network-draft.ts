import type { Network, Operator, Quantization, TensorData } from '@autodnnchip/core';

import type { Draw } from './draw.js';
import { sketchNetwork, type TensorSketch } from './sketch-network.js';

/** A feature map that following operators may read. */
export interface Value {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly type: 'int8' | 'uint8';
  readonly quantization: Quantization;
}

/** Builds a quantised network operator by operator. */
export class NetworkDraft {
  readonly tensors: Record<string, TensorSketch> = {};
  readonly operators: Omit<Operator, 'name' | 'sourceType'>[] = [];
  readonly values: Value[] = [];

  constructor(readonly draw: Draw) {}

  quantization(type: 'int8' | 'uint8'): Quantization {
    const zeroPoint = type === 'int8' ? this.draw.integer(-128, 127) : this.draw.integer(0, 255);
    return { scales: Float32Array.of(this.draw.integer(1, 4000) / 50000), zeroPoints: Int32Array.of(zeroPoint) };
  }

  add(channels: number, height: number, width: number, like?: Pick<Value, 'type' | 'quantization'>): Value {
    const type = like?.type ?? this.draw.pick(['int8', 'uint8'] as const);
    const value = {
      name: `t${Object.keys(this.tensors).length}`,
      channels,
      height,
      width,
      type,
      quantization: like?.quantization ?? this.quantization(type),
    };
    this.tensors[value.name] = { shape: [1, channels, height, width], type, quantization: value.quantization };
    this.values.push(value);
    return value;
  }

  constant(
    name: string,
    shape: readonly number[],
    type: 'int8' | 'uint8' | 'int32',
    quantization?: Quantization,
  ): string {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const data: TensorData =
      type === 'int8' ? new Int8Array(count) : type === 'uint8' ? new Uint8Array(count) : new Int32Array(count);
    let state = this.draw.integer(1, 2 ** 30) | 1;
    for (let index = 0; index < count; index++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      data[index] = type === 'int32' ? state >> 18 : state >> 7;
    }
    this.tensors[name] = { shape, type, data, ...(quantization === undefined ? {} : { quantization }) };
    return name;
  }

  finish(): Network {
    return sketchNetwork(this.tensors, this.operators);
  }
}
