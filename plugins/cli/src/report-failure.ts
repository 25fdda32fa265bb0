import { ChipError, errorToDocument, formatError } from '@autodnnchip/core/errors';
import { documentSchemaVersion } from './documents/schema-version.js';
import type { GlobalOptions } from './global-options.js';
import { toJson } from './json-text.js';
import type { Paint } from './paint.js';
import type { MessageStream } from './terminal-log.js';

export interface FailureReport {
  readonly globals: GlobalOptions;
  readonly paint: Paint;
  readonly standardOutput: MessageStream;
  readonly standardError: MessageStream;
  /** The command that failed, where it is known. */
  readonly command: string | undefined;
  /** What the process ends with: 128 and the number of the signal where one ended it. */
  readonly exitCode: number;
}

/** Says that a command failed, for a human and with `--json` as a document. */
export function reportFailure(
  error: ChipError,
  { globals, paint, standardOutput, standardError, command, exitCode }: FailureReport,
): void {
  standardError.write(
    `${formatError(error, { verbose: globals.verbose, emphasise: text => paint.red(paint.bold(text)) })}\n`,
  );
  if (!globals.json) return;
  const document = {
    schemaVersion: documentSchemaVersion,
    command: command ?? null,
    error: { ...errorToDocument(error), exitCode },
  };
  standardOutput.write(toJson(document));
}

export function interrupted(): ChipError {
  return new ChipError('ADC6002', 'The command was interrupted', {
    hint: 'Nothing that it left looks complete; run it again.',
  });
}
