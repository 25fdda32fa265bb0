import { ChipError, errorMessage, type ErrorCode } from '../errors/index.js';
import { inputFileKinds, type InputFileKind, type InputFileKindName } from './input-file-kinds.js';
import { readInputFileSync } from './input-file.js';

/** Lists and objects within one another. No file of ours comes near; what walks a document may recurse that deep. */
const deepestNesting = 100;

/** Reads and parses a JSON file that a user named. */
export function readInputJsonSync(path: string, kind: InputFileKindName): unknown {
  return parseInputJson(readInputFileSync(path, kind), path, kind);
}

/**
 * Parses JSON (UTF-8) of a file that a user named; `kind` gives code and hint of the refusal. Refused is also what
 * nests too deeply, and a key `__proto__`, which would be lost without a word where objects are copied.
 */
export function parseInputJson(bytes: Uint8Array, path: string, kind: InputFileKindName): unknown {
  const { title, code, sizeCode, hint }: InputFileKind = inputFileKinds[kind];
  const refuse = (what: string, refusalCode: ErrorCode = code, cause?: unknown): ChipError =>
    new ChipError(refusalCode, `${title} ${path} ${what}`, { cause, location: { file: path }, hint });
  if (nestsDeeper(bytes, deepestNesting))
    throw refuse(`nests more than ${deepestNesting} lists and objects`, sizeCode ?? code);
  let document: unknown;
  let hasHiddenKey = false;
  try {
    const text = new TextDecoder().decode(bytes);
    // A reviver makes parsing several times as slow: only where such a key is possible.
    const mayHide = /__proto__|\\u00(5f|7)/i.test(text);
    document = JSON.parse(
      text,
      mayHide
        ? (key: string, value: unknown) => {
            if (key === '__proto__') hasHiddenKey = true;
            return value;
          }
        : undefined,
    );
  } catch (error) {
    throw refuse(`is not JSON: ${errorMessage(error)}`, code, error);
  }
  if (hasHiddenKey) throw refuse('has a key "__proto__", which is no name of anything');
  return document;
}

function nestsDeeper(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === 0x5c) index++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    // The brackets and braces that open, and those that close.
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > limit) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
