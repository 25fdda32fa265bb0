// Sum of a table entry and a scaled operand:
//   result = clamp(roundHalfEven((a * multiplier + entry) / 2^shift), low, high)
//
// a, entry, low and high are signed, multiplier and shift are not; the value before the clamp is exact.
// low <= high.
//
// A new operation enters each cycle. All inputs belong to the same cycle; result follows LATENCY cycles later.
// LATENCY = 11, the same as requantize_f32.
//
// Yosys 0.23: xcup 159 LUT, 29 SRL16E, 266 FF, 14 CARRY4, 1 DSP48E2; ecp5 232 LUT4, 429 FF, 41 CCU2C, 2 MULT18X18D.
`default_nettype none

module table_add #(
    localparam int LATENCY = 11
) (
    input  wire               clk,
    input  wire signed [7:0]  a,
    input  wire        [25:0] multiplier,
    input  wire signed [31:0] entry,
    input  wire        [4:0]  shift,
    input  wire signed [7:0]  low,
    input  wire signed [7:0]  high,
    output wire signed [7:0]  result
);
  localparam int SHIFT_DELAY = 3;
  localparam int BOUND_DELAY = 7;
  localparam int PADDING = LATENCY - BOUND_DELAY - 1;

  // Operands that wait for their stage.
  logic [5*SHIFT_DELAY-1:0]  shift_line;
  logic [16*BOUND_DELAY-1:0] bound_line;

  // 1 to 3: inputs, product, sum
  logic signed [7:0]  a1;
  logic signed [26:0] multiplier1;
  logic signed [31:0] entry1;
  logic signed [33:0] product2;
  logic signed [31:0] entry2;
  logic signed [34:0] sum3;

  // 4 to 6: the shifted sum with one fraction bit, and whether anything is left below
  wire [4:0] amount = shift_line[5*SHIFT_DELAY-1 -: 5];
  wire signed [35:0] value3 = {sum3, 1'b0};
  logic signed [35:0] value4;
  logic signed [35:0] value5;
  logic signed [9:0]  value6;
  logic [2:0]         shift4;
  logic               shift5;
  logic               sticky4;
  logic               sticky5;
  logic               sticky6;
  logic               fits6;
  logic               negative6;

  // Only -256 .. 255.5 matters after the shift; what lies beyond is marked and meets its bound in the clamp.
  wire fits = (value5[35:10] == {26{value5[35]}}) & (shift5 | (value5[9] == value5[35]));

  // 7: rounded
  wire round_up = value6[0] & (value6[1] | sticky6);
  logic signed [9:0] rounded7;
  logic              fits7;
  logic              negative7;

  // 8: clamp
  wire signed [7:0] upper = bound_line[16*BOUND_DELAY-1 -: 8];
  wire signed [7:0] lower = bound_line[16*BOUND_DELAY-9 -: 8];
  wire below = fits7 ? rounded7 < 10'(lower) : negative7;
  wire above = fits7 ? rounded7 > 10'(upper) : ~negative7;
  wire signed [7:0] clamped = below ? lower : above ? upper : rounded7[7:0];

  // 9 to 11: equal latency
  logic [8*(PADDING+1)-1:0] result_line;

  always_ff @(posedge clk) begin
    shift_line <= {shift_line[5*(SHIFT_DELAY-1)-1:0], shift};
    bound_line <= {bound_line[16*(BOUND_DELAY-1)-1:0], high, low};

    a1          <= a;
    multiplier1 <= {1'b0, multiplier};
    entry1      <= entry;

    product2 <= a1 * multiplier1;
    entry2   <= entry1;

    sum3 <= {product2[33], product2} + {{3{entry2[31]}}, entry2};

    value4  <= value3 >>> {amount[4:3], 3'd0};
    sticky4 <= (|amount[4:3] & |value3[7:0]) | (amount[4] & |value3[15:8]) | (&amount[4:3] & |value3[23:16]);
    shift4  <= amount[2:0];

    value5  <= value4 >>> {shift4[2:1], 1'b0};
    sticky5 <= sticky4 | (|shift4[2:1] & |value4[1:0]) | (shift4[2] & |value4[3:2]) | (&shift4[2:1] & |value4[5:4]);
    shift5  <= shift4[0];

    value6    <= shift5 ? value5[10:1] : value5[9:0];
    sticky6   <= sticky5 | (shift5 & value5[0]);
    fits6     <= fits;
    negative6 <= value5[35];

    rounded7  <= {value6[9], value6[9:1]} + {9'd0, round_up};
    fits7     <= fits6;
    negative7 <= negative6;

    result_line <= {result_line[8*PADDING-1:0], clamped};
  end

  assign result = result_line[8*(PADDING+1)-1 -: 8];
endmodule

`default_nettype wire
