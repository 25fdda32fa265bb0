import { printableJson } from '@autodnnchip/core/errors';

/** A document as text. Names from files stay as they are, in characters that do nothing to a terminal. */
export function toJson(document: object): string {
  return `${printableJson(JSON.stringify(document, undefined, 2))}\n`;
}
