import { definePlugin, readInputFileStart } from '@autodnnchip/core';
import { readOnnxNetwork } from './read-network.js';

export interface OnnxFrontEndOptions {
  /** Sizes of symbolic dimensions by name; the batch is 1 where it is open. */
  readonly dimensions?: Readonly<Record<string, number>>;
}

/** Reads ONNX files through the `loadNetwork` hook: those named `.onnx`, and others that begin like one. */
export const onnxFrontEnd = definePlugin((options: OnnxFrontEndOptions = {}) => ({
  name: '@autodnnchip/plugin-frontend-onnx',
  apiVersion: 1,
  apply(chip) {
    chip.hooks.loadNetwork.tapPromise('onnx', async ({ path, weights }) => {
      if (!/\.onnx$/i.test(path) && !beginsLikeOnnx(await readInputFileStart(path, 'model', 2))) return undefined;
      return await readOnnxNetwork(path, {
        weights,
        ...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
      });
    });
  },
}));

/** Models begin with field 1, their IR version, which is a small number. */
function beginsLikeOnnx(start: Uint8Array): boolean {
  return start[0] === 0x08 && start[1] > 0 && start[1] < 64;
}
