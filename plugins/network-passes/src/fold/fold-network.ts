import type { Network } from '@autodnnchip/core';
import { NetworkEditor } from '../network-editor.js';
import { foldChannelAffines } from './fold-affine.js';
import { foldPadding } from './fold-padding.js';

/** Folds batch normalisations, per-channel scalings and explicit padding into the operators beside them. */
export function foldNetwork(network: Network): Network {
  const editor = new NetworkEditor(network);
  foldChannelAffines(editor);
  foldPadding(editor);
  return editor.finish();
}
