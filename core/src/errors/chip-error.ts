import { errorCatalogue, type ErrorCode } from './catalogue.js';

/** Where something went wrong. Fill in what is known. */
export interface ErrorLocation {
  readonly file?: string;
  /** Operator, hardware node or register. */
  readonly node?: string;
  readonly line?: number;
  readonly byteOffset?: number;
}

export interface ChipErrorOptions {
  /** What to do now. */
  readonly hint?: string;
  readonly location?: ErrorLocation;
  readonly cause?: unknown;
  readonly plugin?: string;
  readonly hook?: string;
}

/** What makes an error one of ours, whichever copy of this package made it. */
const brand = Symbol.for('autodnnchip.ChipError');

/**
 * The one error class: a stable code, what happened, where, and what to do. `instanceof` looks at a brand, so that an
 * error of a plugin with a copy of this package of its own is known as well.
 */
export class ChipError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly location: ErrorLocation | undefined;
  plugin: string | undefined;
  hook: string | undefined;

  constructor(code: ErrorCode, message: string, options: ChipErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ChipError';
    this.code = code;
    this.hint = options.hint;
    this.location = options.location;
    this.plugin = options.plugin;
    this.hook = options.hook;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  get exitCode(): number {
    return errorCatalogue[this.code].exitCode;
  }
}
