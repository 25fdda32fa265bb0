import { AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook, SyncBailHook, SyncHook } from 'tapable';
import { ChipError, errorMessage } from '../errors/index.js';

/** Name of one tap, and its place among the taps of the same hook. */
export interface TapOptions {
  /** What this tap does, in kebab-case; a plugin with one tap on a hook gives its own name. */
  readonly name: string;
  /** Taps run in ascending order of stage (0 when absent), then in the order of the plugins. */
  readonly stage?: number;
  /** Name of a tap that this one must precede. */
  readonly before?: string;
}

/**
 * A hook whose taps run synchronously. An async function is refused: by its type, and when it is tapped or called
 * from JavaScript.
 */
export interface SyncHookPoint<Payload> {
  tap(options: string | TapOptions, run: (payload: Payload) => void | undefined): void;
  call(payload: Payload): void;
}

/** A hook that asks tap after tap, synchronously, until one returns something else than undefined. */
export interface SyncBailHookPoint<Payload, Result> {
  tap(options: string | TapOptions, run: (payload: Payload) => Result | undefined): void;
  call(payload: Payload): Result | undefined;
}

/** A hook that asks tap after tap until one returns something else than undefined. */
export interface AsyncBailHookPoint<Payload, Result> {
  tapPromise(options: string | TapOptions, run: (payload: Payload) => Promise<Result | undefined>): void;
  promise(payload: Payload): Promise<Result | undefined>;
}

/** A hook whose taps each return the value that the next one gets. */
export interface AsyncWaterfallHookPoint<Payload> {
  tapPromise(options: string | TapOptions, run: (payload: Payload) => Promise<Payload>): void;
  promise(payload: Payload): Promise<Payload>;
}

/** A hook whose taps run one after the other. */
export interface AsyncHookPoint<Payload> {
  tapPromise(options: string | TapOptions, run: (payload: Payload) => Promise<void>): void;
  promise(payload: Payload): Promise<void>;
}

/** Who is being applied just now, and whether taps are still taken; shared by all hooks of one framework instance. */
export interface HookOwner {
  currentPlugin(): string | undefined;
  isFrozen(): boolean;
}

/** One tap, as `autodnnchip plugins` lists it. */
export interface TapRecord {
  readonly plugin: string;
  readonly hook: string;
  readonly tap: string;
}

type GuardedHook = Pick<SyncHook<[unknown], unknown>, 'intercept'> | Pick<AsyncSeriesHook<[unknown]>, 'intercept'>;
type TapFunction = (payload: unknown) => unknown;

/** Puts the interceptor on a tapable hook that names plugin and hook in errors and refuses what must not be tapped. */
function guard(hook: GuardedHook, hookName: string, owner: HookOwner, records: TapRecord[]): void {
  hook.intercept({
    register: tap => {
      const plugin = owner.currentPlugin() ?? tap.name;
      const where = { plugin, hook: hookName };
      if (owner.isFrozen()) {
        throw new ChipError('ADC2006', `Hook ${hookName} takes no more taps: the framework is already running`, {
          ...where,
          hint: "Tap hooks inside the plugin's apply(chip), before createAutoDNNchip returns.",
        });
      }
      if (tap.type === 'async') {
        throw new ChipError('ADC2004', `tapAsync is not offered on hook ${hookName}`, {
          ...where,
          hint: 'Use tapPromise.',
        });
      }
      const run = tap.fn as TapFunction;
      if (tap.type === 'sync' && run.constructor.name === 'AsyncFunction') throw asyncTapError(where);
      records.push({ plugin, hook: hookName, tap: tap.name });
      const wrapped = tap.type === 'sync' ? guardSync(run, where) : guardPromise(run, where);
      return { ...tap, fn: wrapped };
    },
  });
}

interface TapPlace {
  readonly plugin: string;
  readonly hook: string;
}

function asyncTapError(where: TapPlace): ChipError {
  return new ChipError('ADC2004', `Hook ${where.hook} is synchronous and was given an async function`, {
    ...where,
    hint: 'Return the value itself; do work that must wait in an asynchronous hook such as loadNetwork or in a service.',
  });
}

function guardSync(run: TapFunction, where: TapPlace): TapFunction {
  return payload => {
    let result: unknown;
    try {
      result = run(payload);
    } catch (error) {
      throw stampError(error, where);
    }
    if (isPromise(result)) {
      result.then(undefined, () => undefined);
      throw asyncTapError(where);
    }
    return result;
  };
}

function guardPromise(run: TapFunction, where: TapPlace): TapFunction {
  return async payload => {
    try {
      return await run(payload);
    } catch (error) {
      throw stampError(error, where);
    }
  };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** A ChipError gets plugin and hook where it has none; anything else becomes a ChipError that says so. */
export function stampError(error: unknown, where: TapPlace): ChipError {
  if (error instanceof ChipError) {
    error.plugin ??= where.plugin;
    error.hook ??= where.hook;
    return error;
  }
  return new ChipError('ADC2005', `Plugin ${where.plugin} failed in hook ${where.hook}: ${errorMessage(error)}`, {
    ...where,
    cause: error,
    hint: `This is a bug of plugin ${where.plugin}: please report it to its author.`,
  });
}

/** Makes hooks of one framework instance. */
export interface HookFactory {
  sync<Payload>(name: string): SyncHookPoint<Payload>;
  syncBail<Payload, Result>(name: string): SyncBailHookPoint<Payload, Result>;
  asyncBail<Payload, Result>(name: string): AsyncBailHookPoint<Payload, Result>;
  asyncWaterfall<Payload>(name: string): AsyncWaterfallHookPoint<Payload>;
  asyncSeries<Payload>(name: string): AsyncHookPoint<Payload>;
  /** Every tap so far, in the order in which it was made. */
  readonly records: readonly TapRecord[];
}

export function createHookFactory(owner: HookOwner): HookFactory {
  const records: TapRecord[] = [];
  // tapable's own types cannot say that a tap must not be async; the narrower HookPoint types above can.
  const guarded = <HookPoint>(name: string, hook: GuardedHook): HookPoint => {
    guard(hook, name, owner, records);
    return hook as HookPoint;
  };
  return {
    sync: name => guarded(name, new SyncHook<[unknown]>(['payload'], name)),
    syncBail: name => guarded(name, new SyncBailHook<[unknown], unknown>(['payload'], name)),
    asyncBail: name => guarded(name, new AsyncSeriesBailHook<[unknown], unknown>(['payload'], name)),
    asyncWaterfall: name => guarded(name, new AsyncSeriesWaterfallHook<[unknown], unknown>(['payload'], name)),
    asyncSeries: name => guarded(name, new AsyncSeriesHook<[unknown]>(['payload'], name)),
    records,
  };
}
