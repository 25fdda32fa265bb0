// time-limit-seconds: 300
// The test bench that a bundle carries: `make` alone builds and runs the chip.
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { harnessFiles } from '@autodnnchip/sim';
import * as assert from 'uvu/assert';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { copiedMemory, copyJob, copyMemory, copyRecords, copyRtl, memoryBytes } from './axi-copy.js';

const run = promisify(execFile);
const environment = { ...process.env, MAKEFLAGS: '', MAKELEVEL: '' };

const tests = suite('Test bench of a bundle', { timeLimitSeconds: 200 });

tests.needs(
  'verilator',
  'g++',
  'make',
)('make builds the chip, runs it on an input and compares its output', async () => {
  const memoryModel = {
    readLatencyCycles: 7,
    writeLatencyCycles: 4,
    beatIntervalCycles: 2,
    burstGapCycles: 1,
    sharedBytesPerKilocycle: 0,
  };
  const job = copyJob();
  const memory = copyMemory(job);
  const copied = copiedMemory(job, 4);
  const folder = temporaryFolder();
  const files = await harnessFiles({
    rtlFiles: ['rtl/accel_top.sv'],
    memoryBytes,
    programAddress: 0x40,
    layerCount: job.groups,
    memoryModel,
    loads: [{ address: 0, file: 'program.bin' }],
    inputs: [{ address: 0x1000, length: 0x1000 }],
    outputs: [{ address: 0x2000, length: 0x1000 }],
  });
  const bundle = [
    ...files,
    { path: 'rtl/accel_top.sv', content: copyRtl(4).content },
    { path: 'program.bin', content: memory.slice(0, 0x1000) },
    { path: 'input.bin', content: memory.slice(0x1000, 0x2000) },
    // What the chip does not write stays zero: the job loads nothing there.
    {
      path: 'expected.bin',
      content: Uint8Array.from(copied.slice(0x2000, 0x3000), (byte, index) =>
        index % 0x100 < 20 && index < 0x900 ? byte : 0,
      ),
    },
  ];
  for (const { path, content } of bundle) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const make = async (...commandArguments: readonly string[]): Promise<void> => {
    await run('make', ['-C', folder, ...commandArguments], { env: environment });
  };
  await make('INPUT_0=input.bin', 'EXPECT_0=expected.bin');
  const result = readFileSync(join(folder, 'build/result.txt'), 'utf8');
  const cycles = copyRecords(job, 4, memoryModel).at(-1)?.[0];
  assert.match(result, new RegExp(`^status ok$[^]*^chip_cycles ${cycles}$[^]*^end$`, 'm'));

  // Without input the memory is zero, and the comparison fails.
  await make();
  const failure = await make('EXPECT_0=expected.bin').then(
    () => undefined,
    (error: unknown) => String(error),
  );
  assert.match(failure ?? 'no failure', /Makefile:\d+: run\] Error 1/);
  await make('lint');
});

tests.run();
