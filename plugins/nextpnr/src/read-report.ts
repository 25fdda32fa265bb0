import { ChipError, errorMessage, type CriticalPath, type PlaceResponse } from '@autodnnchip/core';

/** What a report of nextpnr says about a design with one clock. */
export interface PlacementReport {
  readonly fmaxMegahertz: number;
  readonly criticalPath: CriticalPath;
  /** Steps of the critical path from register to register. */
  readonly steps: readonly PathStep[];
  readonly utilization: PlaceResponse['utilization'];
}

export interface PathStep {
  /** `clk-to-q`, `logic`, `routing` or `setup`. */
  readonly kind: string;
  readonly delayNanoseconds: number;
  /** Cell and port at whose output or input the step ends. */
  readonly to: string;
}

/** Reads what `nextpnr --report` wrote. Throws ADC4013 for what is no such report. */
export function readPlacementReport(text: string): PlacementReport {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw unreadable(`it is not JSON: ${errorMessage(error)}`);
  }
  const { fmax, utilization, critical_paths: paths } = fields(document, 'the report');
  const clocks = Object.entries(fields(fmax, 'fmax'));
  if (clocks.length !== 1)
    throw unreadable(
      `it has ${clocks.length} clocks instead of one: ${clocks.map(([name]) => name).join(', ') || 'none'}`,
    );
  const [clock, figures] = clocks[0];
  const fmaxMegahertz = positive(fields(figures, clock)['achieved'], `fmax of ${clock}`);
  const steps = registerPath(paths, clock);
  const sum = (matches: (step: PathStep) => boolean): number =>
    steps.filter(matches).reduce((total, { delayNanoseconds }) => total + delayNanoseconds, 0);
  return {
    fmaxMegahertz,
    criticalPath: {
      from: designName(steps[0].to),
      to: designName(steps[steps.length - 1].to),
      logicNanoseconds: sum(({ kind }) => kind !== 'routing'),
      routingNanoseconds: sum(({ kind }) => kind === 'routing'),
    },
    steps,
    utilization: Object.fromEntries(
      Object.entries(fields(utilization, 'utilization')).map(([type, entry]) => {
        const { used, available } = fields(entry, type);
        return [type, { used: amount(used, type), available: amount(available, type) }];
      }),
    ),
  };
}

/** Steps of the path between two registers of the clock. */
function registerPath(paths: unknown, clock: string): readonly PathStep[] {
  if (!Array.isArray(paths)) throw unreadable('it has no critical paths');
  for (const path of paths) {
    const { from, to, path: steps } = fields(path, 'a critical path');
    if (!isEdgeOf(from, clock) || !isEdgeOf(to, clock) || !Array.isArray(steps) || steps.length === 0) continue;
    return steps.map((step): PathStep => {
      const { type, delay, to: end } = fields(step, 'a step');
      const { cell, port } = fields(end, "a step's end");
      if (typeof type !== 'string' || typeof cell !== 'string' || typeof port !== 'string')
        throw unreadable('a step of the critical path has no kind or no end');
      return { kind: type, delayNanoseconds: amount(delay, 'a step'), to: `${cell}.${port}` };
    });
  }
  throw unreadable(`it has no path between registers of ${clock}`);
}

function isEdgeOf(event: unknown, clock: string): boolean {
  return typeof event === 'string' && /^(posedge|negedge) /.test(event) && event.slice('posedge '.length) === clock;
}

/** Name within the design: the shell calls it `u_core`. */
function designName(end: string): string {
  return end.replace(/^u_core\./, '');
}

function fields(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(`${what} has no fields`);
  return value as Readonly<Record<string, unknown>>;
}

function amount(value: unknown, what: string): number {
  if (typeof value !== 'number' || !(value >= 0)) throw unreadable(`${what} has no amount`);
  return value;
}

function positive(value: unknown, what: string): number {
  const number = amount(value, what);
  if (number === 0) throw unreadable(`${what} is 0`);
  return number;
}

function unreadable(reason: string): ChipError {
  return new ChipError('ADC4013', `The report of nextpnr cannot be read: ${reason}`, {
    hint: 'Check with `autodnnchip doctor` which nextpnr is used; 0.4 and 0.11 are known to work.',
  });
}
