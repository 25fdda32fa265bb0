import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { screenRtl } from '@autodnnchip/core';
import * as assert from 'uvu/assert';
import { expectError } from '../support/expect-error.js';
import { suite } from '../support/suite.js';

const test = suite('what RTL of a bundle may do');
const screen = (text: string, path = 'rtl/a.sv'): void =>
  screenRtl([
    { path, text },
    { path: 'rtl/b.svh', text: '`define B 1\n' },
  ]);

test("the project's own RTL passes", () => {
  const folders = ['rtl-templates', ...readdirSync('ip-plugins').map(name => `ip-plugins/${name}`)];
  const files = folders.flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.sv') && !name.includes('node_modules'))
      .map(name => join(folder, name)),
  );
  assert.ok(files.length > 10);
  screenRtl(files.map(path => ({ path, text: readFileSync(path, 'utf8') })));
});

test('ordinary hardware passes', () => {
  for (const text of [
    '`default_nettype none\n`timescale 1ns/1ps\nmodule a #(parameter int W = $clog2(8)) (input wire logic clk); logic [W-1:0] q[$]; endmodule // $system("x")\n',
    '/* import "DPI-C" \n $fopen */ module a; initial $display("%d $system(\\"x\\") // no", $signed(4\'b1010)); endmodule',
    '`include "b.svh"\n`define MAX(x, y) \\\n  ((x) > (y) ? (x) : (y))\nmodule a; localparam int C = `MAX(1, `B); endmodule',
    'module a; (* ram_style = "block" *) logic [7:0] m [0:3]; initial $readmemh("b.svh", m); import p::*; wire \\odd.name[0] ; endmodule',
    '/* verilator lint_off UNUSED */ module a; // größe\nendmodule\r\n',
  ])
    screen(text);
});

const refused: readonly (readonly [string, string])[] = [
  ['a program', 'module a; initial $system("touch /tmp/x"); endmodule'],
  ['C++', 'module a; initial $c("system(\\"x\\");"); endmodule'],
  ['C++ in an expression', 'module a; wire [31:0] x = $c32("1"); endmodule'],
  ['a function of C', 'module a; import "DPI-C" function int system(string s); endmodule'],
  ['a function of C, older', 'module a; export "DPI" function f; endmodule'],
  ['a function of C behind a macro', '`define I import\nmodule a; `I "DPI-C" function int system(string s); endmodule'],
  ['a function of C in odd letters', 'module a; import "\\104PI-C" function int system(string s); endmodule'],
  ['C++ in a header', '`systemc_header\nint x = system("x");\n`verilog\nmodule a; endmodule'],
  ["a macro of a directive's name", '`define systemc_header\n`systemc_header\nint x;\nmodule a; endmodule'],
  ['a pragma', '`pragma protect begin\nmodule a; endmodule'],
  ['a comment that Verilator obeys', 'module a /*verilator hier_block*/; endmodule'],
  ['a file written', 'module a; integer f = $fopen("/tmp/x", "w"); endmodule'],
  ['a file dumped', 'module a; initial $dumpfile("/tmp/x"); endmodule'],
  ['a file read from elsewhere', 'module a; logic m [0:1]; initial $readmemh("/etc/passwd", m); endmodule'],
  ['a file read by a computed name', 'module a; logic m [0:1]; initial $readmemh({"b", ".svh"}, m); endmodule'],
  ['an absolute include', '`include "/etc/passwd"\n'],
  ['an include from above', '`include "../b.svh"\n'],
  ['an include of a system file', '`include <b.svh>\n'],
  ['an include by macro', '`define F "b.svh"\n`include `F\n'],
  ['an include of what the bundle has not', '`include "c.svh"\n'],
  ['a joined task', '`define J(x) $sys``x\nmodule a; initial `J(tem)("x"); endmodule'],
  ['a task in two pieces', '`define D() $\nmodule a; initial `D()system("x"); endmodule'],
  ['a task by an argument', '`define K(x) x\nmodule a; initial `K($)system("x"); endmodule'],
  ['a text in three quotes', 'module a; initial $display(""" " """, $time); endmodule'],
  ['a text over lines', 'module a; initial $display("a\n"); endmodule'],
  ['a text that does not end', 'module a; initial $display("a); endmodule'],
  ['a comment that does not end', 'module a; /* endmodule'],
  ['a lone carriage return', 'module a; // \r initial $system("x");\nendmodule'],
  ['an escaped macro', 'module a; wire \\`systemc_header ; endmodule'],
  ['an odd character', 'module a; \u001b[2J endmodule'],
];
for (const [what, text] of refused) {
  test(`refused: ${what}`, async () => {
    const error = await expectError('ADC6007', () => screen(text));
    assert.is(error.location?.file, 'rtl/a.sv');
    assert.ok((error.location?.line ?? 0) >= 1);
  });
}

test.run();
