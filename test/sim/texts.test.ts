// The formats that the simulators and we write and read.
import { suite } from '../support/suite.js';
import * as assert from 'uvu/assert';
import { splitEvaluation } from '../../sim/src/cxxrtl/split-evaluation.js';
import { coveringWords, formatBusWords, readBusWords } from '../../sim/src/icarus/bus-words.js';
import { readResultText } from '../../sim/src/result-text.js';
import { stageSources } from '../../sim/src/rtl-sources.js';
import { expectError } from '../support/expect-error.js';

const tests = suite('Texts of the simulators');

tests('bus words: most significant byte first, filled with zeros', () => {
  const bytes = Uint8Array.from({ length: 10 }, (_, index) => index + 0x10);
  const text = new TextDecoder().decode(formatBusWords(bytes, 4));
  assert.is(text, '13121110\n17161514\n00001918\n');
  const lines = text.split('\n');
  assert.equal(coveringWords({ address: 5, length: 4 }, 4), { first: 1, count: 2 });
  assert.equal(readBusWords(lines.slice(1, 3), { address: 5, length: 4 }, 4), Uint8Array.of(0x15, 0x16, 0x17, 0x18));
  assert.is(readBusWords(['1312'], { address: 0, length: 4 }, 4), undefined);
  assert.is(readBusWords(['13xx1110'], { address: 0, length: 4 }, 4), undefined);
});

tests('result text: values, records, and what is not whole', async () => {
  const record = (layer: number): string =>
    `record ${layer} ${Array.from({ length: 16 }, (_, word) => 100 * layer + word).join(' ')}`;
  const text = [
    'status ok',
    'bus_bytes 8',
    'chip_cycles 4294967295',
    'simulated_edges 77',
    'seconds 0.5',
    record(0),
    record(1),
    'end',
    '',
  ].join('\n');
  const report = readResultText(text, 'It', 8, 2);
  assert.is(report.cycles, 4294967295);
  assert.is(report.layerRecords[1]?.[15], 115);
  await expectError('ADC5006', () => readResultText(text, 'It', 4, 2));
  await expectError('ADC5001', () => readResultText(text, 'It', 8, 3));
  for (const length of [0, 1, 40, text.length - 1])
    await expectError('ADC5001', () => readResultText(text.slice(0, length), 'It', 8, 2));
  await expectError('ADC5001', () => readResultText(text.replace('status ok', 'status fine'), 'It', 8, 2));
});

tests('sources stay inside the working folder and apart', async () => {
  const paths = ['a/b.sv', '../../a/b.sv', '/somewhere/b.sv', 'b.sv', 'b.sv', 'c d"e.sv'];
  const staged = await stageSources(paths.map(path => ({ path, content: '' })));
  assert.equal(
    staged.map(({ stagedPath }) => stagedPath),
    ['rtl/a/b.sv', 'rtl/b.sv', 'rtl/2/b.sv', 'rtl/3/b.sv', 'rtl/4/b.sv', 'rtl/c_d_e.sv'],
  );
});

const head = 'struct p_accel__top : public module {\n\tbool eval(performer *performer = nullptr) override;\n};\n';
const evaluation = (body: string, converged = 'true'): string =>
  `${head}bool p_accel__top::eval(performer *performer) {\n\tbool converged = ${converged};\n\tbool posedge_p_clk = this->posedge_p_clk();\n${body}\treturn converged;\n}\nrest\n`;

tests('evaluation is cut into parts, local values become members, temporaries stay with their uses', () => {
  const filler = Array.from({ length: 2000 }, (_, index) => `\t// cell\n\tp_a${index} = p_b;\n`).join('');
  const split = splitEvaluation(
    evaluation(
      `\tvalue<8> i_x;\n\tvalue<3> i_y = p_c;\n\tauto tmp_0 = memory_index(i_x);\n${filler}\tif (posedge_p_clk) {\n\t\tp_d.next = m[tmp_0];\n\t}\n\tp_last = i_y;\n${filler}`,
      'false',
    ),
  );
  const parts = split.split('void p_accel__top::eval_part_').slice(1);
  assert.ok(parts.length > 1);
  assert.match(split, '\tvalue<8> i_x;\n\tvalue<3> i_y;\n\tvoid eval_part_0(bool posedge_p_clk);\n');
  assert.match(parts[0] ?? '', /auto tmp_0[^]*m\[tmp_0\]/);
  assert.match(split, '\ti_y = p_c;\n');
  assert.match(split, `\teval_part_${parts.length - 1}(posedge_p_clk);\n\treturn false;\n}\nrest\n`);
  assert.is(split.match(/p_a\d+ = p_b;/g)?.length, 4000);
});

tests('evaluation that is not as expected is left alone', () => {
  for (const text of [
    '',
    head,
    evaluation('\tif (!cell.eval(performer)) converged = false;\n'),
    evaluation('').replace('\tbool posedge_p_clk = this->posedge_p_clk();\n', ''),
  ]) {
    assert.is(splitEvaluation(text), text);
  }
});

tests.run();
