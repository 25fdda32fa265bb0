// Requantisation with exact float32 semantics:
//   result = clamp(roundHalfEven(float32(float32(accumulator + bias) * scale)) + zero_point, low, high)
//
// The sum wraps at 32 bits. scale holds the bits of a finite float32 that is not negative (its sign bit is ignored).
// low <= high.
//
// A new operation enters each cycle. All inputs belong to the same cycle; result follows LATENCY cycles later.
// LATENCY = 11, the same as table_add. The first stage adds, so the inputs should come from registers.
//
// Yosys 0.23: xcup 315 LUT, 58 SRL16E, 336 FF, 49 CARRY4, 2 DSP48E2; ecp5 405 LUT4, 737 FF, 125 CCU2C, 4 MULT18X18D.
`default_nettype none

module requantize_f32 #(
    localparam int LATENCY = 11
) (
    input  wire               clk,
    input  wire signed [31:0] accumulator,
    input  wire signed [31:0] bias,
    input  wire        [31:0] scale,
    input  wire signed [7:0]  zero_point,
    input  wire signed [7:0]  low,
    input  wire signed [7:0]  high,
    output wire signed [7:0]  result
);
  localparam int SCALE_DELAY = 5;
  localparam int SIGN_DELAY = 8;
  localparam int ZERO_DELAY = LATENCY - 2;
  localparam int BOUND_DELAY = LATENCY - 1;

  wire unused_scale_sign = scale[31];

  // Operands that wait for their stage.
  logic [31*SCALE_DELAY-1:0] scale_line;
  logic [SIGN_DELAY-1:0]     sign_line;
  logic [8*ZERO_DELAY-1:0]   zero_line;
  logic [16*BOUND_DELAY-1:0] bound_line;

  // 1: sum
  logic signed [31:0] sum1;

  // 2: magnitude
  logic [31:0] magnitude2;

  // 3 to 5: float32 of the magnitude. significand5 lies in 2^23 .. 2^24 (or is 0), and
  // magnitude = significand5 * 2^(8 - zeros5) after rounding.
  logic [1:0]  zeros3;
  logic [31:0] shifted3;
  logic [3:0]  zeros4;
  logic [31:0] shifted4;
  logic [4:0]  zeros5;
  logic [24:0] significand5;

  wire [1:0] byte_zeros = |magnitude2[31:24] ? 2'd0 : |magnitude2[23:16] ? 2'd1 : |magnitude2[15:8] ? 2'd2 : 2'd3;
  wire [1:0] pair_zeros = |shifted3[31:30] ? 2'd0 : |shifted3[29:28] ? 2'd1 : |shifted3[27:26] ? 2'd2 : 2'd3;
  wire [31:0] normal = shifted4[31] ? shifted4 : {shifted4[30:0], 1'b0};
  wire normal_up = normal[7] & (normal[8] | (|normal[6:0]));

  // 6, 7: product, 2^46 <= product < 2^48 (or 0)
  wire [7:0]  exponent = scale_line[31*SCALE_DELAY-1 -: 8];
  wire [23:0] significand = {1'b1, scale_line[31*SCALE_DELAY-9 -: 23]};
  logic [41:0] low_product6;
  logic [30:0] high_product6;
  logic [30:0] product7;
  logic        sticky7;

  // The product's integer bits begin right of bit 47 - 7 + place when its bit 47 is set, one place further otherwise.
  // Places below -1 mean saturation, above 8 zero: place7 = clamp(place, -2, 9) + 2.
  logic signed [9:0] place6;
  logic [3:0]        place7;

  // 8: the product rounded to 24 significant bits, 2^23 .. 2^24 (or 0), and the right shift that leaves
  // integer bits and one fraction bit of its upper ten bits
  wire top = product7[30];
  wire [23:0] leading = top ? product7[30:7] : product7[29:6];
  wire half = top ? product7[6] : product7[5];
  wire rest = (top & product7[5]) | (|product7[4:0]) | sticky7;
  wire [3:0] next_place = place7 + {3'd0, ~top};
  logic [24:0] rounded8;
  logic [3:0]  shift8;
  logic        huge8;

  // 9: integer bits, fraction bit, and whether anything is left below
  wire [7:0] dropped = ~(8'hff << shift8);
  logic [9:0] fixed9;
  logic       sticky9;

  // 10: rounded, signed and moved by the zero point
  wire negative = sign_line[SIGN_DELAY-1];
  wire signed [7:0] zero = zero_line[8*ZERO_DELAY-1 -: 8];
  wire fixed_up = fixed9[0] & (fixed9[1] | sticky9);
  wire [11:0] moved = {{3{zero[7]}}, zero, 1'b1} + {{2{negative}}, fixed9[9:1] ^ {9{negative}}, fixed_up ^ negative};
  logic signed [10:0] moved10;
  wire unused_carry = moved[0];

  // 11: clamp
  wire signed [7:0] upper = bound_line[16*BOUND_DELAY-1 -: 8];
  wire signed [7:0] lower = bound_line[16*BOUND_DELAY-9 -: 8];
  logic signed [7:0] result11;

  always_ff @(posedge clk) begin
    scale_line <= {scale_line[31*(SCALE_DELAY-1)-1:0], scale[30:0]};
    sign_line  <= {sign_line[SIGN_DELAY-2:0], sum1[31]};
    zero_line  <= {zero_line[8*(ZERO_DELAY-1)-1:0], zero_point};
    bound_line <= {bound_line[16*(BOUND_DELAY-1)-1:0], high, low};

    sum1 <= accumulator + bias;

    magnitude2 <= (sum1 ^ {32{sum1[31]}}) + {31'd0, sum1[31]};

    zeros3   <= byte_zeros;
    shifted3 <= magnitude2 << {byte_zeros, 3'd0};

    zeros4   <= {zeros3, pair_zeros};
    shifted4 <= shifted3 << {pair_zeros, 1'b0};

    zeros5       <= {zeros4, ~shifted4[31]};
    significand5 <= {1'b0, normal[31:8]} + {24'd0, normal_up};

    low_product6  <= significand5 * significand[16:0];
    high_product6 <= significand5 * significand[23:17];
    place6        <= {5'd0, zeros5} + 10'd102 - {2'd0, exponent};

    product7 <= high_product6 + {6'd0, low_product6[41:17]};
    sticky7  <= |low_product6[16:0];
    place7   <= place6 < -10'sd2 ? 4'd0 : place6 > 10'sd9 ? 4'd11 : place6[3:0] + 4'd2;

    rounded8 <= {1'b0, leading} + {24'd0, half & (leading[0] | rest)};
    shift8   <= next_place < 4'd2 ? 4'd0 : next_place - 4'd2;
    huge8    <= next_place < 4'd2;

    fixed9  <= (rounded8[24:15] >> shift8) | {huge8 & rounded8[23], 9'd0};
    sticky9 <= (|rounded8[14:0]) | (|(rounded8[22:15] & dropped));

    moved10 <= moved[11:1];

    result11 <= moved10 < 11'(lower) ? lower : moved10 > 11'(upper) ? upper : moved10[7:0];
  end

  assign result = result11;
endmodule

`default_nettype wire
