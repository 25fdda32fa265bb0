// Both arithmetic modules side by side, so that one model serves both tests.
`default_nettype none

module bench (
    input  wire               clk,
    input  wire signed [31:0] accumulator,
    input  wire signed [31:0] bias,
    input  wire        [31:0] scale,
    input  wire signed [7:0]  zero_point,
    input  wire signed [7:0]  a,
    input  wire        [25:0] multiplier,
    input  wire signed [31:0] entry,
    input  wire        [4:0]  shift,
    input  wire signed [7:0]  low,
    input  wire signed [7:0]  high,
    output wire signed [7:0]  requantized,
    output wire signed [7:0]  added
);
  requantize_f32 requantizer (.clk, .accumulator, .bias, .scale, .zero_point, .low, .high, .result(requantized));
  table_add adder (.clk, .a, .multiplier, .entry, .shift, .low, .high, .result(added));
endmodule

`default_nettype wire
