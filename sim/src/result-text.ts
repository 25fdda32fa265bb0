import { ChipError, type ChipRegisters, type ErrorCode } from '@autodnnchip/core';
import { fourUnitRegisters } from './requests.js';

/** What the harness of every tool writes after a run; the format is in `sim/README.md`. */
export interface RunReport {
  readonly cycles: number;
  readonly layerRecords: readonly Uint32Array[];
  /** Clock edges of the whole run, and how long they took. */
  readonly simulatedEdges: number;
  readonly seconds: number;
}

const chipFailures: Readonly<Record<string, { readonly code: ErrorCode; readonly hint: string }>> = {
  hang: {
    code: 'ADC5002',
    hint: 'If the counters still move, give more cycles; if not, look which unit waits for what in a trace (Verilator, VCD).',
  },
  violation: { code: 'ADC5003', hint: 'Look at the memory ports at this clock edge in a trace (Verilator, VCD).' },
  hazard: {
    code: 'ADC5004',
    hint: 'An instruction must wait for the one that still uses this memory: the program lacks a wait.',
  },
  unresponsive: {
    code: 'ADC5005',
    hint: 'The chip needs the registers of docs/accel-shared.md behind its AXI4-Lite port.',
  },
};

/**
 * Reads a result text.
 * Throws the chip's failure where it says so, and ADC5001 where it is not a whole result text.
 */
export function readResultText(
  text: string,
  tool: string,
  busBytes: number,
  layerCount: number,
  { recordWords }: ChipRegisters = fourUnitRegisters,
): RunReport {
  const lines = text.split('\n').map(line => line.trimEnd());
  const garbage = (what: string): ChipError =>
    new ChipError('ADC5001', `${tool} left a result that cannot be read: ${what}`, {
      hint: 'Check that the tool itself works (`autodnnchip doctor`) and that the disk is not full.',
    });
  if (lines.at(-2) !== 'end' || lines.at(-1) !== '') throw garbage('it does not end with "end"');
  const values = new Map<string, string>();
  const layerRecords: Uint32Array[] = [];
  for (const line of lines.slice(0, -2)) {
    const blank = line.indexOf(' ');
    const key = line.slice(0, blank);
    const value = line.slice(blank + 1);
    if (key !== 'record') values.set(key, value);
    else layerRecords[Number(value.split(' ', 1)[0])] = Uint32Array.from(value.split(' ').slice(1), Number);
  }
  const numberOf = (key: string): number => {
    const value = Number(values.get(key) ?? NaN);
    if (!Number.isFinite(value)) throw garbage(`"${key}" is ${values.get(key) ?? 'missing'}`);
    return value;
  };
  if (numberOf('bus_bytes') !== busBytes) {
    throw new ChipError('ADC5006', `The chip's memory bus is ${numberOf('bus_bytes')} bytes wide, not ${busBytes}`, {
      hint: 'Give the width that the RTL has.',
    });
  }
  const status = values.get('status') ?? 'missing';
  if (status !== 'ok') throw chipFailure(status, values, layerRecords) ?? garbage(`"status" is ${status}`);
  if (layerRecords.length !== layerCount || layerRecords.some(record => record?.length !== recordWords)) {
    throw garbage(`${layerRecords.length} layer records where ${layerCount} were asked for`);
  }
  return {
    cycles: numberOf('chip_cycles'),
    layerRecords,
    simulatedEdges: numberOf('simulated_edges'),
    seconds: numberOf('seconds'),
  };
}

function chipFailure(
  status: string,
  values: ReadonlyMap<string, string>,
  records: readonly Uint32Array[],
): ChipError | undefined {
  const failure = chipFailures[status];
  if (failure === undefined) return undefined;
  const chipStatus = Number(values.get('chip_status'));
  const state = [
    `STATUS ${chipStatus} (${(chipStatus & 1) !== 0 ? 'busy' : 'idle'}${(chipStatus & 2) !== 0 ? ', done' : ''})`,
    `CYCLES ${values.get('chip_cycles')}`,
    describeLayers(records),
    `live counters ${values.get('live_counters')}`,
  ];
  return new ChipError(failure.code, `${values.get('message') ?? status}\n    ${state.join('; ')}`, {
    hint: failure.hint,
  });
}

/** Finished layers have a stamp, and stamps rise. */
function describeLayers(records: readonly Uint32Array[]): string {
  let finished = 0;
  let stamp = 0;
  while (finished < records.length && (records[finished]?.[0] ?? 0) > stamp) {
    stamp = records[finished]?.[0] ?? 0;
    finished++;
  }
  if (records.length === 0) return 'no layer records';
  if (finished === 0) return `none of ${records.length} layers finished`;
  return `layer ${finished - 1} of 0..${records.length - 1} was the last to finish, at cycle ${stamp}`;
}
