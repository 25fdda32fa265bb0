import { createReferenceExecutor, executeNetwork } from '@autodnnchip/plugin-executor-reference';
import { prepareNetwork } from '@autodnnchip/plugin-network-passes';
import type { NumericArray } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { fixtureArray, kindsOf, readFixture } from '../network-passes/network-under-test.js';
import { suite } from '../support/suite.js';
import { mapNetwork, oddChips, plainChip, runMapped } from './schedule-under-test.js';

const qdq = suite('QDQ files as quantisers write them, on the chip');

interface QdqCase {
  readonly output: string;
  readonly kinds: readonly string[];
  /** Largest distance from ONNX Runtime's result; 0: the same bits. */
  readonly within?: number;
}

/** Files of `test/models/qdq`. */
const cases: Readonly<Record<string, QdqCase>> = {
  'dense-matmul-add': {
    output: 'add9',
    kinds: ['quantize', 'fullyConnected', 'binary', 'fullyConnected', 'binary', 'dequantize'],
  },
  'relu-maxpool-then-q': { output: 'dequantizelinear26', kinds: ['quantize', 'conv', 'maxPool', 'conv', 'dequantize'] },
  'zero-pad-before-conv': { output: 'conv9', kinds: ['quantize', 'conv', 'conv', 'dequantize'] },
  'float-bias-overflow': { output: 'dequantizelinear15', kinds: ['quantize', 'conv', 'dequantize'] },
  // Half of the step that its weights' bound gives, which the note states.
  'last-layer-float-output': {
    output: 'gemm31',
    kinds: ['quantize', 'conv', 'globalAveragePool', 'reshape', 'fullyConnected', 'dequantize'],
    within: 0.0413,
  },
};

for (const [name, { output, kinds, within = 0 }] of Object.entries(cases)) {
  qdq(`${name} gives ONNX Runtime's values${within > 0 ? ' within the stated error' : ', bit for bit'}`, async () => {
    const file = `qdq/${name}.onnx`;
    const network = await prepareNetwork(await readFixture(file));
    assert.equal(kindsOf(network), kinds);
    const inputs = new Map([['x', fixtureArray(file, 'x')]]);
    const reference = executeNetwork(network, inputs).get(output) as NumericArray;
    for (const [chip, configuration] of [['plain', plainChip] as const, ...Object.entries(oddChips)]) {
      assert.equal(runMapped(mapNetwork(network, configuration), inputs, 1).get(output)?.data, reference.data, chip);
    }
    const wanted = fixtureArray(file, output).data as Float32Array;
    if (within === 0) assert.equal(reference.data, wanted);
    assert.ok(wanted.every((value, index) => Math.abs(value - Number(reference.data[index])) <= within));
  });
}

qdq(
  'a result without a quantize operator gets its range from its weights or from calibration, and that is said',
  async () => {
    const file = 'qdq/last-layer-float-output.onnx';
    const network = await readFixture(file);
    const x = fixtureArray(file, 'x');
    const wanted = fixtureArray(file, 'gemm31').data as Float32Array;
    const attempt = async (calibrated: boolean): Promise<{ note: string; worst: number }> => {
      const calibration = calibrated ? [{ name: 'x', ...x }] : [];
      const ready = await prepareNetwork(network, { calibration, executor: createReferenceExecutor() });
      const got = executeNetwork(ready, new Map([['x', x]])).get('gemm31') as NumericArray;
      const [note, ...others] = ready.notes ?? [];
      assert.equal(others, []);
      return {
        note,
        worst: wanted.reduce((worst, value, index) => Math.max(worst, Math.abs(value - Number(got.data[index]))), 0),
      };
    };
    const bound = await attempt(false);
    assert.match(
      bound.note,
      /'gemm31' of Gemm_31 \(Gemm\) is not quantised in the model; it gets 8 bits in steps of 0\.08257, .* at most 0\.0413 from the exact result for the same quantised inputs\. .*--calibration/,
    );
    const measured = await attempt(true);
    assert.match(measured.note, /steps of 0\.01154, from the calibration inputs/);
    assert.ok(measured.worst <= 0.00577 && bound.worst > measured.worst, `${measured.worst}`);
    // The host would compute it exactly: it is left to the host then.
    assert.is(kindsOf(await prepareNetwork(network, { hostFallback: true })).at(-1), 'fullyConnected');
  },
);

qdq.run();
