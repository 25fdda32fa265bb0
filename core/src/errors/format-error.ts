import { errorCatalogue, type ErrorCode } from './catalogue.js';
import { ChipError } from './chip-error.js';
import { errorMessage } from './error-message.js';
import { printable, printableName } from './printable.js';

/** Refusals of the operating system that are nobody's bug, wherever they come up. */
const systemRefusals: ReadonlySet<unknown> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'EIO',
  'EFBIG',
  'ENAMETOOLONG',
  'ELOOP',
  'ENOTDIR',
  'ENOENT',
  'EISDIR',
  'EBUSY',
  'ETXTBSY',
  'ESTALE',
]);

/**
 * Anything that was thrown, as a ChipError; what is not one already is a bug of ours, unless the operating system
 * refused.
 */
export function toChipError(error: unknown): ChipError {
  if (error instanceof ChipError) return error;
  if (error instanceof Error && 'syscall' in error && 'code' in error && systemRefusals.has(error.code)) {
    return new ChipError('ADC6003', errorMessage(error), {
      cause: error,
      hint: 'Check permissions and free space; TMPDIR and XDG_CACHE_HOME name the folders for temporary and for kept files.',
      ...('path' in error && typeof error.path === 'string' ? { location: { file: error.path } } : {}),
    });
  }
  return new ChipError('ADC9001', errorMessage(error), {
    cause: error,
    hint: 'This is a bug of AutoDNNchip: please report it with the command line and the output of --verbose.',
  });
}

/** One error as JSON documents show it. */
export interface ErrorDocument {
  readonly code: ErrorCode;
  readonly title: string;
  readonly message: string;
  readonly exitCode: number;
  readonly hint?: string;
  readonly plugin?: string;
  readonly hook?: string;
  readonly location?: {
    readonly file?: string;
    readonly node?: string;
    readonly line?: number;
    readonly byteOffset?: number;
  };
}

export function errorToDocument(error: ChipError): ErrorDocument {
  return {
    code: error.code,
    title: errorCatalogue[error.code].title,
    message: error.message,
    exitCode: error.exitCode,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.plugin === undefined ? {} : { plugin: error.plugin }),
    ...(error.hook === undefined ? {} : { hook: error.hook }),
    ...(error.location === undefined ? {} : { location: error.location }),
  };
}

export interface FormatErrorOptions {
  /** Adds causes and stack traces. */
  readonly verbose?: boolean;
  /** Emphasises the code; the identity function when colour is off. */
  readonly emphasise?: (text: string) => string;
}

/** The error for a human: what happened, where, and what to do. Ends without a line break. */
export function formatError(error: ChipError, options: FormatErrorOptions = {}): string {
  const emphasise = options.emphasise ?? ((text: string): string => text);
  const lines = [`${emphasise(`${error.code} ${errorCatalogue[error.code].title}:`)} ${indented(error.message)}`];
  const place = formatPlace(error);
  if (place !== '') lines.push(`  where: ${printableName(place)}`);
  if (error.hint !== undefined) lines.push(`  what to do: ${indented(error.hint)}`);
  if (options.verbose === true || error.exitCode === 70) lines.push(...formatCauses(error).map(printable));
  return lines.join('\n');
}

/** Further lines stand further in than ours do: a name with line breaks in it cannot pass for one of them. */
function indented(text: string): string {
  return printable(text).replace(/\n(?! {4})/g, '\n    ');
}

function formatPlace(error: ChipError): string {
  const parts: string[] = [];
  const { location } = error;
  if (location?.file !== undefined)
    parts.push(location.line === undefined ? location.file : `${location.file}:${location.line}`);
  else if (location?.line !== undefined) parts.push(`line ${location.line}`);
  if (location?.byteOffset !== undefined) parts.push(`byte ${location.byteOffset}`);
  if (location?.node !== undefined) parts.push(`node ${location.node}`);
  if (error.plugin !== undefined) parts.push(`plugin ${error.plugin}`);
  if (error.hook !== undefined) parts.push(`hook ${error.hook}`);
  return parts.join(', ');
}

function formatCauses(error: ChipError): string[] {
  const lines: string[] = [];
  let current: unknown = error;
  const seen = new Set<unknown>();
  while (current instanceof Error && !seen.has(current)) {
    seen.add(current);
    const prefix = current === error ? '' : 'caused by ';
    for (const [index, line] of (current.stack ?? errorMessage(current)).split('\n').entries()) {
      lines.push(`  ${index === 0 ? prefix : ''}${line}`);
    }
    current = current.cause;
  }
  return lines;
}
