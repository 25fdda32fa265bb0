// time-limit-seconds: 600
// What happens when tools, requests or runs are not as they should be.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ChipError,
  createFileArtifactStore,
  createProcessToolRunner,
  type RunToolRequest,
  type SimulationTool,
  type ToolRunner,
} from '@autodnnchip/core';
import {
  buildSimulator,
  createRtlSimulator,
  simulateRtl,
  type SimulationRunRequest,
  type SimulatorBuildRequest,
} from '@autodnnchip/sim';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite, type NeededTool } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { copiedMemory, copyBuild, copyFlags, copyJob, copyRtl, copyRun } from './axi-copy.js';

const model = {
  readLatencyCycles: 5,
  writeLatencyCycles: 5,
  beatIntervalCycles: 1,
  burstGapCycles: 0,
  sharedBytesPerKilocycle: 0,
};
const endless: SimulationRunRequest = {
  ...copyRun(copyJob({ flags: copyFlags.neverFinish }), model),
  maximumCycles: 1e12,
  timeLimitSeconds: 1.5,
};

const toolsNeeded: Readonly<Record<SimulationTool, readonly NeededTool[]>> = {
  verilator: ['verilator', 'g++', 'make'],
  cxxrtl: [],
  icarus: ['iverilog'],
};
const allTools = ['verilator', 'cxxrtl', 'icarus'] as const;

/** A tool runner that has tools in another way than this computer. */
function otherTools(changes: Partial<ToolRunner>): ToolRunner {
  return { ...createProcessToolRunner(), ...changes };
}

function withoutTool(id: string): ToolRunner {
  const real = createProcessToolRunner();
  return otherTools({
    find: async tool => (tool.id === id ? undefined : await real.find(tool)),
    require: async tool => {
      if (tool.id === id)
        throw new ChipError('ADC4001', `${tool.id} is not installed`, { hint: `Install it: ${tool.installHint}` });
      return await real.require(tool);
    },
  });
}

const tests = suite('Tools of the simulators', { timeLimitSeconds: 300 });

for (const tool of allTools) {
  tests.needs(...toolsNeeded[tool])(`${tool}: an error in the RTL has its file and line`, async () => {
    const { content } = copyRtl(8);
    const lines = content.split('\n');
    const broken = lines.findIndex(line => line.includes('assign irq = done;'));
    lines[broken] = '    assign irq = done +;';
    const error = await expectError(
      'ADC4002',
      async () =>
        await buildSimulator({
          ...copyBuild(tool, 8),
          rtlFiles: [{ path: 'rtl/my chip.sv', content: lines.join('\n') }],
        }),
    );
    assert.is(error.exitCode, 4);
    assert.match(error.message, /refuses the RTL: .*syntax error/i);
    assert.equal(error.location, { file: 'rtl/my chip.sv', line: broken + 1 });
  });

  tests.needs(...toolsNeeded[tool])(
    `${tool}: a run that takes too long is killed, one that is not wanted any more stops`,
    async () => {
      const simulator = await buildSimulator(copyBuild(tool, 8));
      const cycles: number[] = [];
      const started = performance.now();
      const late = await expectError(
        'ADC4003',
        async () => await simulator.run({ ...endless, onProgress: done => cycles.push(done) }),
      );
      assert.is(late.exitCode, 4);
      assert.ok(performance.now() - started < 20_000);
      assert.ok(
        cycles.length > 0 && cycles.every((done, index) => index === 0 || done > (cycles[index - 1] ?? 0)),
        `progress ${cycles.join(' ')}`,
      );
      await expectError(
        'ADC6002',
        async () => await simulator.run({ ...endless, timeLimitSeconds: 60, signal: AbortSignal.timeout(300) }),
      );
      const stopped = expectError('ADC6002', async () => await simulator.run({ ...endless, timeLimitSeconds: 60 }));
      setTimeout(() => void simulator.dispose().catch(() => undefined), 200);
      await stopped;
      await simulator.dispose();
      await expectError('ADC5006', async () => await simulator.run(copyRun(copyJob(), model)));
    },
  );
}

tests('a missing tool is named, with the line that installs it', async () => {
  for (const [tool, id] of [
    ['verilator', 'verilator'],
    ['verilator', 'g++'],
    ['verilator', 'make'],
    ['icarus', 'icarus'],
  ] as const) {
    if (
      tool === 'verilator' &&
      (await createProcessToolRunner().find({
        id: 'v',
        executable: 'verilator',
        purpose: '',
        installHint: '',
        versionArguments: ['--version'],
        versionPattern: /(\d+)/,
      })) === undefined
    )
      continue;
    const simulator = createRtlSimulator(withoutTool(id), createFileArtifactStore(temporaryFolder()));
    const error = await expectError('ADC4001', async () => await simulator.build(copyBuild(tool, 8)));
    assert.is(error.exitCode, 3);
    assert.match(error.message, id);
    assert.match(error.hint ?? '', 'apt-get install');
  }
});

tests('without Verilator, auto is CXXRTL', async () => {
  const simulator = createRtlSimulator(withoutTool('verilator'), createFileArtifactStore());
  const built = await simulator.build(copyBuild('auto', 8));
  assert.is(built.tool, 'cxxrtl');
  assert.match(built.version, /^0\.\d+.* \(clang /);
});

/**
 * Enough for the simulator without a memory; Node takes more to start. The memory of Icarus is only as large as what is
 * written to it.
 */
const limitBytes = { verilator: 2 ** 26, cxxrtl: 2 ** 28 } as const;

for (const tool of ['verilator', 'cxxrtl'] as const) {
  tests.needs(...toolsNeeded[tool])(
    `${tool}: a chip with more memory than its simulator may have is refused with a code`,
    async () => {
      const real = createProcessToolRunner();
      const isRun = ({ tool: { id, executable } }: RunToolRequest): boolean =>
        executable.endsWith('simulator') || id === 'cxxrtl';
      const small = otherTools({
        run: async request =>
          await real.run(isRun(request) ? { ...request, memoryLimitBytes: limitBytes[tool] } : request),
      });
      const simulator = await createRtlSimulator(small, createFileArtifactStore()).build(copyBuild(tool, 8));
      const error = await expectError(
        'ADC4006',
        async () => await simulator.run({ ...copyRun(copyJob(), model), memoryBytes: 2 ** 28 }),
      );
      assert.is(error.exitCode, 4);
    },
  );
}

tests.needs(...toolsNeeded.verilator)(
  'with Verilator, auto is Verilator, and what was compiled before is reused',
  async () => {
    await buildSimulator(copyBuild('auto', 8));
    const again = await buildSimulator(copyBuild('auto', 8));
    assert.is(again.tool, 'verilator');
    assert.is(again.compiled, 'cached');
  },
);

tests.needs(...toolsNeeded.verilator)('a simulator that leaves no result, or half of one, is told so', async () => {
  const artifacts = createFileArtifactStore();
  const real = createProcessToolRunner();
  for (const text of [
    undefined,
    '',
    'status ok\nbus_bytes 8\n',
    'status ok\nbus_bytes 8\nchip_cycles x\nsimulated_edges 1\nseconds 0\nend\n',
  ]) {
    const garbage = otherTools({
      run: async request => {
        if (!request.tool.executable.endsWith('simulator')) return await real.run(request);
        if (text !== undefined) writeFileSync(join(request.workingDirectory ?? '', 'result.txt'), text);
        return { standardOutput: '', standardError: '', wallSeconds: 0, version: '5.006' };
      },
    });
    const simulator = await createRtlSimulator(garbage, artifacts).build(copyBuild('verilator', 8));
    const error = await expectError('ADC5001', async () => await simulator.run(copyRun(copyJob(), model)));
    assert.is(error.exitCode, 4);
  }
});

tests.needs('iverilog')('requests that make no sense are refused', async () => {
  const build = copyBuild('icarus', 8);
  const badBuilds: readonly Partial<SimulatorBuildRequest>[] = [
    { busBytes: 12 },
    { rtlFiles: [] },
    { rtlFiles: ['no/such/file.sv'] },
  ];
  for (const changes of badBuilds)
    await expectError('ADC5006', async () => await buildSimulator({ ...build, ...changes }));

  const simulator = await buildSimulator(build);
  const run = copyRun(copyJob(), model);
  const badRuns: readonly Partial<SimulationRunRequest>[] = [
    { memoryBytes: 100 },
    { memoryBytes: 0x4001 },
    { memoryBytes: 2 ** 33 },
    { programAddress: -4 },
    { maximumCycles: 0 },
    { layerCount: 961 },
    { memoryModel: { ...model, readLatencyCycles: 0 } },
    { memoryModel: { ...model, beatIntervalCycles: 1.5 } },
    { memoryModel: { ...model, burstGapCycles: -1 } },
    { readBack: [{ address: 0x3fff, length: 2 }] },
    { timeLimitSeconds: 0 },
    { traceFile: 'trace.vcd' },
  ];
  for (const changes of badRuns) await expectError('ADC5006', async () => await simulator.run({ ...run, ...changes }));
  const wrongWidth = await expectError(
    'ADC4002',
    async () => await buildSimulator({ ...build, rtlFiles: [{ path: 'a.sv', content: 'module other; endmodule' }] }),
  );
  assert.match(wrongWidth.message, /accel_top/);
});

tests.needs('iverilog')('regions are read back byte for byte, whatever the bus', async () => {
  const job = copyJob();
  const memory = copiedMemory(job, 16);
  const readBack = [
    { address: 0x2003, length: 7 },
    { address: 0, length: 0 },
    { address: 0x3ff1, length: 15 },
    { address: 0x2010, length: 16 },
  ];
  const result = await simulateRtl({ ...copyBuild('icarus', 16), ...copyRun(job, model), readBack });
  assert.equal(
    result.readBack,
    readBack.map(({ address, length }) => memory.slice(address, address + length)),
  );
});

tests.needs(...toolsNeeded.verilator)(
  'Verilator writes a trace on demand, and finds fault with every warning',
  async () => {
    const traceFile = join(temporaryFolder(), 'trace.vcd');
    const simulator = await buildSimulator({ ...copyBuild('verilator', 8), trace: true, strict: true });
    await simulator.run({ ...copyRun(copyJob(), model), traceFile });
    assert.match(readFileSync(traceFile, 'utf8').slice(0, 20_000), /\$var wire +1 \S+ m_axi_arvalid/);
    const { content } = copyRtl(8);
    const unused = {
      path: 'accel_top.sv',
      content: content.replace('    logic        unused;', '    logic        useless, unused;'),
    };
    const error = await expectError(
      'ADC4002',
      async () => await buildSimulator({ ...copyBuild('verilator', 8), rtlFiles: [unused], strict: true }),
    );
    assert.match(error.message, /useless/);
  },
);

tests.run();
