// time-limit-seconds: 600
// A chip that misbehaves is told so in the same words by every simulator.
import type { ErrorCode, SimulationTool } from '@autodnnchip/core';
import { buildSimulator, type Simulator, type SimulationRunRequest } from '@autodnnchip/sim';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite, type NeededTool } from '../support/suite.js';
import { copyBuild, copyFlags, copyJob, copyRun, type CopyJob } from './axi-copy.js';

interface Misbehaviour {
  readonly what: string;
  readonly job: CopyJob;
  readonly changes?: Partial<SimulationRunRequest>;
  readonly code: ErrorCode;
  readonly message: RegExp;
}

const model = {
  readLatencyCycles: 10,
  writeLatencyCycles: 6,
  beatIntervalCycles: 2,
  burstGapCycles: 1,
  sharedBytesPerKilocycle: 0,
};

const misbehaviours: readonly Misbehaviour[] = [
  {
    what: 'never finishes',
    job: copyJob({ flags: copyFlags.neverFinish }),
    changes: { maximumCycles: 5000 },
    code: 'ADC5002',
    message:
      /no irq within 5000 cycles; 0 read bursts.*\n.*STATUS 1 \(busy\); CYCLES 50\d\d; layer 1 of 0\.\.2 was the last to finish, at cycle \d+; live counters 5 45 30 /,
  },
  {
    what: 'takes too many cycles',
    job: copyJob(),
    changes: { maximumCycles: 20 },
    code: 'ADC5002',
    message: /no irq within 20 cycles[^]*none of 3 layers finished/,
  },
  {
    what: 'forgets wlast',
    job: copyJob({ flags: copyFlags.forgetLast }),
    code: 'ADC5003',
    message: /clock edge \d+: wlast is missing on the last beat of the write burst at 0x2000\n/,
  },
  {
    what: 'drops wvalid',
    job: copyJob({ flags: copyFlags.dropValid }),
    code: 'ADC5003',
    message: /wvalid fell before the beat was accepted/,
  },
  {
    what: 'finishes too early',
    job: copyJob({ groups: 1, flags: copyFlags.earlyDone }),
    code: 'ADC5003',
    message: /irq rose while 0 read bursts, 0 write bursts and 1 write responses are not finished/,
  },
  {
    what: 'reads beyond memory',
    job: copyJob({ source: 0x8000 }),
    code: 'ADC5003',
    message: /Read burst of 5 beats at 0x8000: outside the memory of 16384 bytes/,
  },
  {
    what: 'crosses 4 KB',
    job: copyJob({ target: 0x2ff0 }),
    code: 'ADC5003',
    message: /Write burst of 5 beats at 0x2ff0: crosses a 4 KB boundary/,
  },
  {
    what: 'is not aligned',
    job: copyJob({ source: 0x1004 }),
    code: 'ADC5003',
    message: /Read burst of 5 beats at 0x1004: address is not aligned to the bus width of 8 bytes/,
  },
  {
    what: 'writes what it still reads',
    job: copyJob({ target: 0x1000, flags: copyFlags.earlyWrite }),
    code: 'ADC5004',
    message: /Write burst at 0x1000 overlaps a read that is not finished at 0x1000/,
  },
];

const tests = suite('Chips that misbehave', { timeLimitSeconds: 300 });

const simulators: { readonly tool: SimulationTool; readonly needed: readonly NeededTool[] }[] = [
  { tool: 'verilator', needed: ['verilator', 'g++', 'make'] },
  { tool: 'cxxrtl', needed: [] },
  { tool: 'icarus', needed: ['iverilog'] },
];

/** Messages of the first simulator: the others must have the same. */
const messages = new Map<string, string>();

async function checkAll(simulator: Simulator): Promise<void> {
  for (const { what, job, changes, code, message } of misbehaviours) {
    const error = await expectError(code, async () => await simulator.run({ ...copyRun(job, model), ...changes }));
    assert.match(error.message, message, what);
    assert.is(error.exitCode, 1, what);
    assert.ok(error.hint !== undefined, what);
    assert.is(error.message, messages.get(what) ?? error.message, `${what}: ${simulator.tool} says something else`);
    messages.set(what, error.message);
  }
}

for (const { tool, needed } of simulators) {
  tests.needs(...needed)(`${tool} says what a chip does wrong, when and where`, async () => {
    await checkAll(await buildSimulator(copyBuild(tool, 8)));
  });

  // For CXXRTL this would be a compilation of its own of half a minute, of the same C++ as Verilator's.
  if (tool === 'cxxrtl') continue;
  tests.needs(...needed)(`${tool} says that a chip does not answer`, async () => {
    const request = copyBuild(tool, 8);
    const dead = request.rtlFiles.map(file =>
      typeof file === 'string'
        ? file
        : { ...file, content: file.content.replace("read_valid <= 1'b1", "read_valid <= 1'b0") },
    );
    const simulator = await buildSimulator({ ...request, rtlFiles: dead });
    const error = await expectError('ADC5005', async () => await simulator.run(copyRun(copyJob(), model)));
    assert.match(error.message, /Reading register 0x0 is not answered/);
  });
}

tests.run();
