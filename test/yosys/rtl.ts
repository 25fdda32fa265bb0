import type { SourceFile } from '@autodnnchip/plugin-yosys';

/**
 * A memory of 32 bits x 1024, one of 32 x 8, a product of 8 bits, 16 flip-flops; constants in a package of its own
 * file.
 */
export const smallChip: readonly SourceFile[] = [
  {
    path: 'rtl/small_chip.sv',
    text: `module memory #(parameter int WIDTH = 8, parameter int DEPTH = 16) (
  input logic clk, input logic enable, input logic [$clog2(DEPTH)-1:0] write_address, input logic [$clog2(DEPTH)-1:0] read_address,
  input logic [WIDTH-1:0] write_data, output logic [WIDTH-1:0] read_data
);
  (* no_rw_check *) logic [WIDTH-1:0] words [0:DEPTH-1];
  logic [WIDTH-1:0] read_q;
  always_ff @(posedge clk) begin
    if (enable) words[write_address] <= write_data;
    read_q <= words[read_address];
    read_data <= read_q;
  end
endmodule

module small_chip #(parameter int DEPTH = 1024) (
  input logic clk, input logic enable, input logic [$clog2(DEPTH)-1:0] address, input logic [$clog2(DEPTH)-1:0] place, input logic [31:0] data,
  output logic [31:0] large, output logic [31:0] small, input logic signed [7:0] a, input logic signed [7:0] b, output logic signed [15:0] product
);
  memory #(.WIDTH(32), .DEPTH(DEPTH)) u_large (.clk(clk), .enable(enable), .write_address(address), .read_address(place), .write_data(data), .read_data(large));
  memory #(.WIDTH(32), .DEPTH(small_pkg::ROWS)) u_small (
    .clk(clk), .enable(enable), .write_address(address[2:0]), .read_address(place[2:0]), .write_data(data), .read_data(small));
  always_ff @(posedge clk) product <= a * b;
endmodule
`,
  },
  { path: 'rtl/small_pkg.sv', text: 'package small_pkg;\n  localparam int ROWS = 8;\nendpackage\n' },
];

/** One source file from its text. */
export function source(text: string, path = 'some folder/chip.sv'): readonly SourceFile[] {
  return [{ path, text }];
}
