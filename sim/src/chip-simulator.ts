import { join } from 'node:path';

import {
  arrayFor,
  bundleReader,
  noteOnArray,
  readBundleRtl,
  startHostRun,
  type ChipError,
  type ChipSimulator,
  type Definitions,
  type Hooks,
  type LayerCycles,
  type Log,
  type MemoryModel,
  type NetworkExecutor,
  type RunCycles,
  type SimulatedLayer,
  type SimulateRequest,
  type SimulationRun,
} from '@autodnnchip/core';

import { checkExpected, compareOutputs } from './compare-outputs.js';
import type { RtlSimulator } from './rtl-simulator.js';

/** A chip that takes this many times its predicted cycles will not finish. */
const hopelessFactor = 4;
const hopelessCycles = 1_000_000;
/**
 * Wall time granted to one simulation: some to start with, and what the slowest simulator needs for the predicted
 * cycles on a busy computer.
 */
const startSeconds = 600;
const slowestCyclesPerSecond = 1000;

/** Runs bundles on a simulator of their RTL and holds bits and cycles against what was expected and predicted. */
export function createChipSimulator(
  definitions: Definitions,
  hooks: Hooks,
  rtl: RtlSimulator,
  log: Log,
  executor: NetworkExecutor,
): ChipSimulator {
  return {
    async simulate(request) {
      const { bundle } = request;
      const chip = await definitions.templates.get(bundle.manifest.template).open(bundleReader(bundle));
      const platform = definitions.platforms.get(bundle.manifest.platform);
      const memory: MemoryModel = { ...memoryModelOf(platform.memory), ...request.memory };
      const predicted = chip.cycles(memory);
      // Not after an hour of simulation. What the host makes of the chip's outputs is not known yet.
      if (chip.host === undefined)
        checkExpected(chip.outputs(chip.readBack.map(({ length }) => new Uint8Array(length))), request.expected);
      sayArraysTaken(chip, request, log);
      const host = await startHost(chip, request, executor, log);
      const run =
        (await hooks.simulate.promise(host.request)) ??
        (await simulateBundle(chip, host.request, memory, predicted, rtl, log));
      const outputs = await host.finish(run.outputs);
      return {
        tool: run.tool,
        version: run.version,
        hostOperators: chip.host?.operators ?? [],
        outputs: compareOutputs(outputs, request.expected),
        cycles: {
          total: run.totalCycles,
          predictedTotal: predicted.totalCycles,
          layers: run.layers.map((layer, index) => compareLayer(predicted.layers[index], layer)),
        },
        wallSeconds: run.wallSeconds,
      };
    },
  };
}

/** Arrays that go with inputs of another name are the user's to know of. */
function sayArraysTaken(chip: OpenChip, { inputs }: SimulateRequest, log: Log): void {
  const names = chip.host?.inputs ?? chip.inputNames;
  for (const name of new Set(names)) {
    const note = noteOnArray(name, arrayFor(name, names, inputs));
    if (note !== undefined) log.info(`note: the input ${note}`);
  }
}

function compareLayer(predicted: LayerCycles, simulated: LayerCycles): SimulatedLayer {
  const cycles = { name: simulated.name, predicted: predicted.cycles, simulated: simulated.cycles };
  const { units } = simulated;
  if (predicted.units === undefined || units === undefined) return cycles;
  return {
    ...cycles,
    units: Object.fromEntries(
      Object.entries(predicted.units).flatMap(([name, unit]) =>
        units[name] === undefined ? [] : [[name, { predicted: unit, simulated: units[name] }]],
      ),
    ),
  };
}

function memoryModelOf({
  readLatencyCycles,
  writeLatencyCycles,
  beatIntervalCycles,
  burstGapCycles,
  sharedBytesPerKilocycle,
}: MemoryModel): MemoryModel {
  return { readLatencyCycles, writeLatencyCycles, beatIntervalCycles, burstGapCycles, sharedBytesPerKilocycle };
}

type OpenChip = Awaited<ReturnType<ReturnType<Definitions['templates']['get']>['open']>>;

/**
 * Runs what comes before the chip: the request as the chip sees it, and the way from the chip's outputs to the
 * network's.
 */
async function startHost(
  { host }: OpenChip,
  request: SimulateRequest,
  executor: NetworkExecutor,
  log: Log,
): Promise<{
  readonly request: SimulateRequest;
  finish(chipOutputs: SimulationRun['outputs']): Promise<SimulationRun['outputs']>;
}> {
  if (host === undefined) return { request, finish: outputs => Promise.resolve(outputs) };
  const { operators, leading, trailing } = host;
  if (operators.length > 0)
    log.info(
      `running ${operators.length} operators on the host: ${leading?.operators.length ?? 0} before the chip, ${trailing?.operators.length ?? 0} after it`,
    );
  const run = await startHostRun(host, request.inputs, executor);
  // What is expected is the network's outputs, not the chip's.
  const { expected: _, ...chipRequest } = request;
  return { request: { ...chipRequest, inputs: run.chipInputs }, finish: outputs => run.finish(outputs) };
}

async function simulateBundle(
  chip: OpenChip,
  request: SimulateRequest,
  memory: MemoryModel,
  predicted: RunCycles,
  rtl: RtlSimulator,
  log: Log,
): Promise<SimulationRun> {
  const rtlTexts = await readBundleRtl(request.bundle, chip.rtlFiles);
  const memoryImage = chip.memoryImage(request.inputs);
  const signal = request.signal === undefined ? {} : { signal: request.signal };
  log.info(`compiling the simulator (${request.tool ?? 'best tool installed'})`);
  const simulator = await rtl.build({
    tool: request.tool ?? 'auto',
    rtlFiles: rtlTexts
      .slice(0, chip.rtlFiles.length)
      .map(({ path, text }) => ({ path: join(request.bundle.directory, path), content: text })),
    top: 'accel_top',
    busBytes: chip.busBytes,
    onFallback: reason => {
      sayFallback(reason, log);
    },
    ...signal,
  });
  try {
    log.info(`simulating with ${simulator.tool} ${simulator.version}`);
    const result = await simulator.run({
      memoryImage,
      memoryBytes: chip.memoryBytes,
      programAddress: chip.programAddress,
      memoryModel: memory,
      maximumCycles: hopelessFactor * predicted.totalCycles + hopelessCycles,
      layerCount: chip.layerNames.length,
      ...(chip.registers === undefined ? {} : { registers: chip.registers }),
      readBack: chip.readBack,
      timeLimitSeconds: startSeconds + predicted.totalCycles / slowestCyclesPerSecond,
      onProgress: cycles => {
        log.progress('simulating', cycles, predicted.totalCycles);
      },
      ...signal,
    });
    const cycles = chip.recordedCycles(result.cycles, result.layerRecords);
    return {
      tool: result.tool,
      version: result.version,
      outputs: chip.outputs(result.readBack),
      totalCycles: cycles.totalCycles,
      layers: cycles.layers,
      wallSeconds: result.wallSeconds,
    };
  } finally {
    await simulator.dispose();
  }
}

/** Users without Verilator get slower results, not fewer; one that does not work they want to know of. */
function sayFallback({ code, message, hint }: ChipError, log: Log): void {
  const text = `${message.split('\n')[0]}: the embedded tools are used, which are slower${hint === undefined ? '' : ` (${hint})`}`;
  if (code === 'ADC4001') log.info(text);
  else log.warn(text);
}
