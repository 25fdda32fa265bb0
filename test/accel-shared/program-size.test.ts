import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ChipError } from '@autodnnchip/core';
import { lowerNetwork, scheduleNetwork, type Schedule } from '@autodnnchip/plugin-accel-shared';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { chipOf } from '../../plugins/accel-shared/src/chip/chip.js';
import { TensorAccess } from '../../plugins/accel-shared/src/schedule/access-list.js';
import { mostInstructions } from '../../plugins/accel-shared/src/schedule/program-size.js';
import { scaled, sketchNetwork } from '../network-passes/network-under-test.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { randomNetwork } from '@autodnnchip/plugin-conformance';
import { drawFrom, randomConfiguration } from './random-draws.js';
import { oddChips, plainChip, plainMemory } from './schedule-under-test.js';

const seed = Date.now() % 2 ** 31;
const sizes = suite(`sizes of programs (seed ${seed})`, { timeLimitSeconds: 120 });

/** Those of the layers: neither fetches of the program nor halts. */
function layerInstructions({ instructions, configuration }: Schedule): number {
  const { programTarget } = chipOf(configuration);
  return instructions.filter(
    instruction =>
      instruction.kind !== 'halt' && !(instruction.kind === 'load' && instruction.target === programTarget),
  ).length;
}

const leastInstructions = ({ layers }: Schedule): number =>
  layers.reduce((sum, { plan }) => sum + plan.leastInstructions, 0);

const window = { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1] } as const;

/** A convolution of a picture of any size: nothing of it is in memory but its weights. */
function convolution(height: number, width: number, channels: number): ReturnType<typeof sketchNetwork> {
  return sketchNetwork(
    {
      x: { shape: [1, 8, height, width], type: 'int8', quantization: scaled(0.05) },
      y: { shape: [1, channels, height, width], type: 'int8', quantization: scaled(0.05) },
      w: {
        shape: [channels, 8, 3, 3],
        type: 'int8',
        quantization: scaled(0.02),
        data: new Int8Array(channels * 72).fill(1),
      },
    },
    [{ kind: 'conv', inputs: ['x', 'w'], outputs: ['y'], attributes: { ...window, group: 1 } }],
  );
}

sizes(
  'what is counted before is no more than what is made, and a program that has no room is refused while it grows',
  () => {
    let checked = 0;
    let most = 0;
    fc.assert(
      fc.property(fc.gen(), gen => {
        const draw = drawFrom(gen);
        const configuration =
          draw.integer(0, 4) === 0 ? draw.pick([plainChip, ...Object.values(oddChips)]) : randomConfiguration(draw);
        const { network } = randomNetwork(draw);
        const lowered = lowerNetwork(network, configuration);
        let schedule: Schedule;
        try {
          schedule = scheduleNetwork(lowered, configuration, plainMemory);
        } catch (error) {
          if (!(error instanceof ChipError && error.code.startsWith('ADC3'))) throw error;
          return;
        }
        checked++;
        const made = layerInstructions(schedule);
        const counted = leastInstructions(schedule);
        assert.ok(counted <= made, `${counted} counted, ${made} made`);
        assert.ok(counted >= schedule.instructions.filter(({ kind }) => kind === 'task' || kind === 'store').length);
        most = Math.max(most, counted / made);
        assert.equal(scheduleNetwork(lowered, configuration, plainMemory, made), schedule);
        assert.throws(
          () => scheduleNetwork(lowered, configuration, plainMemory, made - 1),
          (error: unknown) => error instanceof ChipError && error.code === 'ADC3205',
        );
      }),
      { seed, numRuns: 150 },
    );
    assert.ok(checked > 50, `${checked} programs`);
    assert.ok(most > 0.9, `the count comes close: ${most}`);
  },
);

sizes('weights that the buffer does not keep are counted with each tile', () => {
  const lowered = lowerNetwork(convolution(40, 40, 512), plainChip);
  const schedule = scheduleNetwork(lowered, plainChip, plainMemory);
  const made = layerInstructions(schedule);
  const counted = leastInstructions(schedule);
  assert.ok(counted <= made && counted > 0.9 * made, `${counted} of ${made}`);
});

sizes('a picture whose program no heap holds is refused before the program grows', async () => {
  const lowered = lowerNetwork(convolution(16_000, 16_000, 8), plainChip);
  const before = process.memoryUsage().heapUsed;
  const error = await expectError('ADC3205', () =>
    scheduleNetwork(lowered, plainChip, plainMemory, Math.min(mostInstructions(), 1_000_000)),
  );
  assert.match(error.message, /takes \d{7,} instructions at least/);
  assert.ok(process.memoryUsage().heapUsed - before < 64 * 2 ** 20);
});

sizes(
  'an instruction that is kept takes no more than half of what is reckoned for it and the next program together',
  () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const lowered = lowerNetwork(convolution(600, 600, 16), plainChip);
    scheduleNetwork(lowered, plainChip, plainMemory);
    collect();
    const before = process.memoryUsage().heapUsed;
    const { instructions } = scheduleNetwork(lowered, plainChip, plainMemory);
    collect();
    const held = process.memoryUsage().heapUsed;
    assert.ok(instructions.length > 5000);
    assert.ok(
      (held - before) / instructions.length < 1152 / 2,
      `${(held - before) / instructions.length} bytes of an instruction that is kept`,
    );
  },
);

sizes('the last store that writes any of a region is found, whatever the tiles', () => {
  fc.assert(
    fc.property(fc.gen(), gen => {
      const draw = drawFrom(gen);
      const region = (): Parameters<TensorAccess['addStore']>[0] => {
        const [block, row, column] = [draw.integer(0, 3), draw.integer(0, 12), draw.integer(0, 6)];
        return {
          tensor: 0,
          block,
          blockEnd: block + draw.integer(1, 3),
          row,
          rowEnd: row + draw.integer(1, 5),
          column,
          columnEnd: column + draw.integer(1, 4),
        };
      };
      const access = new TensorAccess();
      const stores = Array.from({ length: draw.integer(0, 30) }, region);
      for (const [index, store] of stores.entries()) access.addStore(store, index + 1);
      const wanted = region();
      const overlaps = (store: typeof wanted): boolean =>
        store.block < wanted.blockEnd &&
        store.blockEnd > wanted.block &&
        store.row < wanted.rowEnd &&
        store.rowEnd > wanted.row &&
        store.column < wanted.columnEnd &&
        store.columnEnd > wanted.column;
      assert.is(access.latestStore(wanted), stores.findLastIndex(overlaps) + 1);
    }),
    { seed, numRuns: 500 },
  );
});

sizes.run();
