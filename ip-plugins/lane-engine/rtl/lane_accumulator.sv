// One channel lane: window accumulation by multiply-add, sum, maximum, or by shifting bytes in.
// The operand enters in cycle 0; the accumulator has taken it up at the end of cycle 1.
`default_nettype none
module lane_accumulator #(
  parameter int MULTIPLY = 1
) (
  input  wire logic              clk,
  input  wire logic [7:0]        operand,
  // 1 unless the operation multiplies.
  input  wire logic [7:0]        weight,
  input  wire logic [1:0]        operation,
  // Timed to the accumulator.
  input  wire logic              accumulate,
  input  wire logic              restart,
  input  wire logic              capture,
  output logic signed [31:0]     result
);
  initial if (MULTIPLY != 0 && MULTIPLY != 1) $error("MULTIPLY must be 0 or 1");

  logic signed [8:0]  wide_operand;
  logic signed [16:0] term;
  logic signed [31:0] accumulator;
  logic signed [31:0] kept;
  logic [1:0]         operation_q;
  logic               maximum;
  logic               greater;

  assign wide_operand = {operand[7] && (operation != lane_engine_pkg::OPERATION_SHIFT), operand};

  generate
    if (MULTIPLY != 0) begin : g_multiply
      always_ff @(posedge clk) term <= 17'(wide_operand) * 17'($signed(weight));
    end else begin : g_plain
      logic unused_weight;
      assign unused_weight = ^weight;
      always_ff @(posedge clk) term <= 17'(wide_operand);
    end
  endgenerate

  // A new maximum replaces the accumulator: it is added to nothing. Maxima are bytes, so bytes are compared.
  assign maximum = (operation_q == lane_engine_pkg::OPERATION_MAXIMUM);
  assign greater = ($signed(term[7:0]) > $signed(accumulator[7:0]));
  assign kept    = (restart || maximum)                              ? 32'sd0
                 : (operation_q == lane_engine_pkg::OPERATION_SHIFT) ? $signed({accumulator[23:0], 8'd0}) : accumulator;

  always_ff @(posedge clk) begin
    operation_q <= operation;
    if (accumulate && (restart || !maximum || greater)) accumulator <= 32'(term) + kept;
    if (capture) result <= accumulator;
  end
endmodule
`default_nettype wire
