import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildSimulator } from '@autodnnchip/sim';
import { copiedMemory, copyBuild, copyJob, copyRecords, copyRun } from './axi-copy.js';

const verilator = suite('Verilator');
verilator('x', async () => {
  const s = await buildSimulator({...copyBuild('auto', 8), cacheDirectory: '/tmp/adc-cache'});
  const model = { readLatencyCycles: 40, writeLatencyCycles: 5, beatIntervalCycles: 2, burstGapCycles: 3 };
  const r = await s.run(copyRun(copyJob(), model));
  console.log(r, copyRecords(copyJob(), 8, model));
  assert.equal(r.readBack[0], copiedMemory(copyJob(), 8));
});
verilator.run();
