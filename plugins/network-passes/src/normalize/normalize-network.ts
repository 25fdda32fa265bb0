import type { Network } from '@autodnnchip/core';
import { NetworkEditor } from '../network-editor.js';
import { turnConstantOperands } from './constant-arithmetic.js';
import { turnIntegerClips } from './integer-clip.js';
import { assumeMissingQuantization, propagateQuantization } from './propagate-quantization.js';
import { recognizeActivations } from './recognize-activations.js';
import { removeIdentities } from './remove-identities.js';
import { sinkReshapes } from './sink-reshapes.js';
import { recognizeSpaceToDepth } from './space-to-depth.js';

/** Rewrites a network into the kinds that later passes know, and leaves out what changes nothing or is never read. */
export function normalizeNetwork(network: Network): Network {
  const editor = new NetworkEditor(network);
  removeIdentities(editor);
  recognizeSpaceToDepth(editor);
  recognizeActivations(editor);
  turnIntegerClips(editor);
  propagateQuantization(editor);
  assumeMissingQuantization(editor);
  turnConstantOperands(editor);
  sinkReshapes(editor);
  return editor.finish();
}
