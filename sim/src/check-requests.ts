import { ChipError, countersAddress, recordsAddress, registerSpaceBytes } from '@autodnnchip/core';
import {
  busWidths,
  fourUnitRegisters,
  type BusWidth,
  type MemoryRegion,
  type SimulationRunRequest,
  type SimulatorBuildRequest,
} from './requests.js';

const addressSpaceBytes = 2 ** 32;

function refuse(message: string, hint: string): never {
  throw new ChipError('ADC5006', message, { hint });
}

function checkInteger(name: string, value: number, minimum: number, maximum: number): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return;
  refuse(`${name} is ${value}`, `Give a whole number from ${minimum} to ${maximum}.`);
}

/** Throws where no harness can be built for the request. Returns the bus width. */
export function checkBuildRequest(request: SimulatorBuildRequest): BusWidth {
  const busBytes = busWidths.find(width => width === request.busBytes);
  if (busBytes === undefined) return refuse(`busBytes is ${request.busBytes}`, `Give one of ${busWidths.join(', ')}.`);
  if (request.rtlFiles.length === 0) refuse('No RTL files are given', 'Give the files that make up accel_top.');
  return busBytes;
}

/** Throws where a run cannot be done as it is asked for. */
export function checkRunRequest(request: SimulationRunRequest, busBytes: number): void {
  checkInteger('memoryBytes', request.memoryBytes, 1, addressSpaceBytes);
  if (request.memoryImage.length > request.memoryBytes) {
    refuse(
      `The memory image of ${request.memoryImage.length} bytes does not fit into ${request.memoryBytes} bytes`,
      'Give a larger memoryBytes.',
    );
  }
  if (request.memoryBytes % busBytes !== 0) {
    refuse(`memoryBytes is ${request.memoryBytes}`, `Give a multiple of the bus width of ${busBytes} bytes.`);
  }
  checkInteger('programAddress', request.programAddress, 0, addressSpaceBytes - 1);
  checkInteger('maximumCycles', request.maximumCycles, 1, Number.MAX_SAFE_INTEGER);
  const { liveCounters, recordWords } = request.registers ?? fourUnitRegisters;
  checkInteger('registers.liveCounters', liveCounters, 0, (recordsAddress - countersAddress) / 4);
  checkInteger('registers.recordWords', recordWords, 1, (registerSpaceBytes - recordsAddress) / 4);
  checkInteger(
    'layerCount',
    request.layerCount,
    0,
    Math.floor((registerSpaceBytes - recordsAddress) / (4 * recordWords)),
  );
  const model = request.memoryModel;
  checkInteger('readLatencyCycles', model.readLatencyCycles, 1, 2 ** 31 - 1);
  checkInteger('writeLatencyCycles', model.writeLatencyCycles, 1, 2 ** 31 - 1);
  checkInteger('beatIntervalCycles', model.beatIntervalCycles, 1, 2 ** 31 - 1);
  checkInteger('burstGapCycles', model.burstGapCycles, 0, 2 ** 31 - 1);
  checkInteger('sharedBytesPerKilocycle', model.sharedBytesPerKilocycle, 0, 2 ** 20);
  if (!(request.timeLimitSeconds > 0))
    refuse(`timeLimitSeconds is ${request.timeLimitSeconds}`, 'Give a positive number of seconds.');
  for (const region of request.readBack) checkRegion(region, request.memoryBytes);
}

function checkRegion(region: MemoryRegion, memoryBytes: number): void {
  checkInteger('Address of a read-back region', region.address, 0, memoryBytes);
  checkInteger(`Length of the read-back region at ${region.address}`, region.length, 0, memoryBytes - region.address);
}
