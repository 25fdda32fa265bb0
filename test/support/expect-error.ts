import { ChipError, type ErrorCode } from '@autodnnchip/core';
import * as assert from 'uvu/assert';

/** The ChipError that `action` throws or rejects with; fails when there is none or its code is another. */
export async function expectError(code: ErrorCode, action: () => unknown): Promise<ChipError> {
  let thrown: unknown;
  try {
    await action();
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, ChipError, `expected ${code}, got ${thrown === undefined ? 'no error' : String(thrown)}`);
  const error = thrown as ChipError;
  assert.is(error.code, code, error.message);
  return error;
}
