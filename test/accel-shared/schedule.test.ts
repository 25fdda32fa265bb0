import { roundHalfEven, type Network } from '@autodnnchip/core';
import {
  buildWeightImage,
  instructionWords,
  lowerNetwork,
  readOutput,
  scheduleNetwork,
  writeInput,
  type Schedule,
} from '@autodnnchip/plugin-accel-shared';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import * as assert from 'uvu/assert';
import { chipOf } from '../../plugins/accel-shared/src/chip/chip.js';
import { runTiming } from '../../plugins/accel-shared/src/timing/run-timing.js';
import { readFixture, scaled, sketchNetwork } from '../network-passes/network-under-test.js';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';
import { oddChips, plainChip, plainMemory } from './schedule-under-test.js';
import type { ChipOfTests } from '../support/chip-engines.js';

const schedules = suite('accel-shared schedules', { timeLimitSeconds: 120 });

async function fixture(file: string, weights = true): Promise<Network> {
  return await prepareNetwork(await readFixture(file, weights));
}

async function scheduleFixture(file: string, configuration: ChipOfTests): Promise<Schedule> {
  return scheduleNetwork(lowerNetwork(await fixture(file), configuration), configuration, plainMemory);
}

schedules('waits name earlier instructions only, never fall behind, and lag little', async () => {
  for (const configuration of [plainChip, ...Object.values(oddChips)]) {
    const { instructions } = await scheduleFixture('onnx-quant/mobilenet_v2-qop_s8s8_pc.onnx', configuration);
    const { programTarget } = chipOf(configuration);
    const units = [0, 1, 2, 3];
    const counts = [0, 0, 0, 0];
    const latest = units.map(() => [0, 0, 0, 0]);
    for (const instruction of instructions) {
      if (instruction.kind === 'halt') break;
      for (const unit of units) {
        assert.ok(instruction.waits[unit] <= counts[unit]);
        assert.ok(counts[unit] - instruction.waits[unit] <= 16384);
        if (instruction.kind !== 'load' || instruction.target !== programTarget) {
          assert.ok(instruction.waits[unit] >= latest[instruction.unit][unit]);
          latest[instruction.unit][unit] = instruction.waits[unit];
        }
      }
      counts[instruction.unit]++;
    }
  }
});

schedules('each block but the last begins with the load of the next, and the last ends with halts', async () => {
  for (const configuration of [plainChip, ...Object.values(oddChips)]) {
    const { instructions, memory } = await scheduleFixture('onnx-quant/lenet-qop_s8s8_pc.onnx', configuration);
    const { programBlock, channelBlock } = configuration;
    assert.is(instructions.length % programBlock, 0);
    const blockWords = programBlock * instructionWords(configuration);
    const blocks = instructions.length / programBlock;
    assert.is(memory.program.bytes, blocks * blockWords * channelBlock);
    for (const [index, instruction] of instructions.entries()) {
      const block = Math.floor(index / programBlock);
      const isProgramLoad = instruction.kind === 'load' && instruction.target === chipOf(configuration).programTarget;
      assert.is(isProgramLoad, index % programBlock === 0 && block < blocks - 1);
      if (instruction.kind !== 'load' || !isProgramLoad) continue;
      assert.equal(
        [instruction.address, instruction.rowWords, instruction.bufferBase],
        [memory.program.address + (block + 1) * blockWords * channelBlock, blockWords, ((block + 1) % 2) * blockWords],
      );
    }
    assert.is(instructions.at(-1)?.kind, 'halt');
  }
});

schedules('every layer has one last store, and its counts are those of its instructions', async () => {
  const { instructions, layers } = await scheduleFixture('onnx-quant/skynet-qop_s8s8_pc.onnx', plainChip);
  for (const [index, layer] of layers.entries()) {
    const stores = instructions.filter(instruction => instruction.kind === 'store' && instruction.layer === index);
    assert.equal(
      stores.map(store => store.kind === 'store' && store.layerEnd === 1),
      stores.map((_, place) => place === stores.length - 1),
    );
    assert.is(instructions[layer.firstInstruction].layer, index);
    assert.is(instructions[layer.lastInstruction].layer, index);
    assert.ok(layer.idealComputeCycles > 0 && layer.bytesRead > 0 && layer.bytesWritten > 0);
  }
});

schedules('regions of memory that are alive together do not overlap', async () => {
  const network = await fixture('onnx-quant/resnet18-qop_s8s8_pc.onnx');
  const lowered = lowerNetwork(network, plainChip);
  const { memory } = scheduleNetwork(lowered, plainChip, plainMemory);
  const spans = lowered.tensors.map((_, tensor) => {
    const uses = lowered.layers.flatMap(({ work }, index) =>
      [work.output, ...work.inputs].some(view => view.tensor === tensor) ? [index] : [],
    );
    return { first: Math.min(...uses), last: Math.max(...uses) };
  });
  let shared = 0;
  for (const [a, left] of memory.tensors.entries()) {
    for (const other of [memory.weights, memory.program])
      assert.ok(left.address >= other.address + other.bytes || other.address >= left.address + left.bytes);
    for (const [b, right] of memory.tensors.entries()) {
      if (a >= b || left.address >= right.address + right.bytes || right.address >= left.address + left.bytes) continue;
      shared++;
      assert.ok(spans[a].last < spans[b].first || spans[b].last < spans[a].first, `${left.name} and ${right.name}`);
      for (const tensor of [a, b]) assert.is.not(lowered.tensors[tensor].role, 'input');
    }
  }
  assert.ok(shared > 0);
  assert.ok(memory.totalBytes >= memory.program.address + memory.program.bytes);
});

schedules('is the same every time', async () => {
  const [first, second] = await Promise.all(
    [1, 2].map(async () => await scheduleFixture('onnx-quant/mlperf_dscnn-qop_s8s8_pc.onnx', plainChip)),
  );
  assert.equal(first, second);
});

schedules('keeps the busiest of engine and memory ports busy on full-size networks', async () => {
  const chip: ChipOfTests = {
    ...plainChip,
    channelBlock: 16,
    busBytes: 16,
    activationDepth: 8192,
    weightDepth: 1024,
    convParameterDepth: 512,
    convOutputDepth: 4096,
    laneInputDepth: 2048,
    laneWeightDepth: 512,
    laneParameterDepth: 512,
    laneOutputDepth: 4096,
    burstBeats: 64,
    outstandingReads: 8,
    programBlock: 32,
  };
  for (const name of ['resnet18', 'skynet', 'mobilenet_v2']) {
    const { layers, instructions, memory } = scheduleNetwork(
      lowerNetwork(await fixture(`onnx-graph/${name}-full-ts13.onnx`, false), chip),
      chip,
      plainMemory,
    );
    const { totalCycles } = runTiming(instructions, memory.program.address, layers.length, chip, plainMemory);
    const least = layers.reduce(
      (sum, layer) =>
        sum + Math.max(layer.idealComputeCycles, layer.bytesRead / chip.busBytes, layer.bytesWritten / chip.busBytes),
      0,
    );
    assert.ok(least / totalCycles > 0.97, `${name}: ${least} of ${totalCycles}`);
  }
});

schedules('names the layer and the parameter that is too small', async () => {
  const network = await fixture('onnx-quant/lenet-qop_s8s8_pc.onnx');
  const cases: [Partial<ChipOfTests>, RegExp][] = [
    [{ convOutputDepth: 1 }, /convOutputDepth is 1/],
    [{ convParameterDepth: 3 }, /convParameterDepth is 3/],
    [{ laneInputDepth: 3 }, /laneInputDepth is 3/],
    [{ laneOutputDepth: 1 }, /laneOutputDepth is 1/],
  ];
  for (const [changes, message] of cases) {
    const chip = { ...plainChip, ...changes };
    const error = await expectError('ADC3201', () => scheduleNetwork(lowerNetwork(network, chip), chip, plainMemory));
    assert.match(error.message, message);
    assert.ok(error.location?.node !== undefined);
  }
});

schedules('refuses unsupported networks, networks without weights and too large ones', async () => {
  const dynamic = lowerNetwork(await readFixture('onnx-quant/lenet-dyn.onnx'), plainChip);
  const error = await expectError('ADC3001', () => scheduleNetwork(dynamic, plainChip, plainMemory));
  assert.match(error.message, /cannot run 37 operator/);
  const weightless = lowerNetwork(await fixture('onnx-graph/lenet-full-ts13.onnx', false), plainChip);
  const schedule = scheduleNetwork(weightless, plainChip, plainMemory);
  assert.ok(schedule.instructions.length > 0);
  await expectError('ADC3203', () => buildWeightImage(weightless, schedule));
  const chip = { ...plainChip, laneInputDepth: 100000, laneOutputDepth: 100000 };
  const huge = sketchNetwork(
    {
      x: { shape: [1, 800, 3000, 3000], type: 'int8', quantization: scaled(1) },
      y: { shape: [1, 800, 30, 30], type: 'int8', quantization: scaled(1) },
    },
    [
      {
        kind: 'maxPool',
        inputs: ['x'],
        outputs: ['y'],
        attributes: { kernel: [100, 100], stride: [100, 100], dilation: [1, 1], padding: [0, 0, 0, 0] },
      },
    ],
  );
  await expectError('ADC3202', () => scheduleNetwork(lowerNetwork(huge, chip), chip, plainMemory));
});

schedules('inputs and outputs are converted as the network says', () => {
  const network = sketchNetwork(
    {
      x: { shape: [1, 3, 2, 4] },
      q: { shape: [1, 3, 2, 4], type: 'uint8', quantization: scaled(0.5, 10) },
      p: { shape: [1, 3, 1, 2], type: 'uint8', quantization: scaled(0.5, 10) },
      y: { shape: [1, 3, 1, 2] },
    },
    [
      { kind: 'quantize', inputs: ['x'], outputs: ['q'], attributes: {} },
      {
        kind: 'maxPool',
        inputs: ['q'],
        outputs: ['p'],
        attributes: { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [0, 0, 0, 0] },
      },
      { kind: 'dequantize', inputs: ['p'], outputs: ['y'], attributes: {} },
    ],
  );
  const chip: ChipOfTests = { ...plainChip, channelBlock: 4, outputParallelism: 4 };
  const { inputs, outputs } = lowerNetwork(network, chip);
  const data = Float32Array.from({ length: 24 }, (_, index) => (index % 7) * 0.25 - 0.5);
  const bytes = new Int8Array(writeInput(inputs[0], { shape: [1, 3, 2, 4], elementType: 'float32', data }).buffer);
  // Word of row 1, column 2: channels 0, 1, 2 and the zero point.
  const stored = (index: number): number => roundHalfEven(data[index] / 0.5) + 10 - 128;
  assert.equal([...bytes.subarray((4 + 2) * 4, (4 + 3) * 4)], [stored(6), stored(14), stored(22), 10 - 128]);
  const result = readOutput(outputs[0], Uint8Array.of(138, 139, 140, 0, 141, 142, 143, 0));
  assert.equal(result, { shape: [1, 3, 1, 2], elementType: 'float32', data: Float32Array.of(0, 1.5, 0.5, 2, 1, 2.5) });
});

schedules.run();
