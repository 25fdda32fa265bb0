import type { AccelSharedConfiguration } from './configuration.js';

interface Known<Result> {
  /** Parameters that were looked at, and what they were. */
  readonly read: readonly (readonly [name: keyof AccelSharedConfiguration, value: unknown])[];
  readonly result: Result;
}

/**
 * Remembers what was worked out of a configuration by the parameters that were looked at: a search asks for very many
 * configurations that differ in others only.
 */
export class RememberedReads<Result> {
  readonly #known: Known<Result>[] = [];

  /** `most` results are kept; the oldest is forgotten then, and worked out again where it is asked for. */
  constructor(private readonly most: number) {}

  of(configuration: AccelSharedConfiguration, workOut: (watched: AccelSharedConfiguration) => Result): Result {
    for (const { read, result } of this.#known) if (isSame(read, configuration)) return result;
    const read = new Map<keyof AccelSharedConfiguration, unknown>();
    const watched = {} as AccelSharedConfiguration;
    for (const name of Object.keys(configuration) as (keyof AccelSharedConfiguration)[]) {
      Object.defineProperty(watched, name, {
        get: () => {
          read.set(name, configuration[name]);
          return configuration[name];
        },
      });
    }
    const result = workOut(watched);
    this.#known.push({ read: [...read], result });
    if (this.#known.length > this.most) this.#known.shift();
    return result;
  }
}

function isSame(read: Known<unknown>['read'], configuration: AccelSharedConfiguration): boolean {
  for (const [name, value] of read) if (configuration[name] !== value) return false;
  return true;
}
