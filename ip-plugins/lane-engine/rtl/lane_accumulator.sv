// One channel lane: window accumulation by multiply-add, sum, maximum, or by shifting bytes in.
// The operand enters in cycle 0; the accumulator has taken it up at the end of cycle 1.
`default_nettype none
module lane_accumulator #(
  parameter int MULTIPLY = 1
) (
  input  wire logic              clk,
  input  wire logic [7:0]        operand,
  input  wire logic [7:0]        weight,
  input  wire logic [1:0]        operation,
  // Timed to the accumulator.
  input  wire logic              accumulate,
  input  wire logic              restart,
  input  wire logic              capture,
  output logic signed [31:0]     result
);
  logic signed [16:0] term;
  logic signed [31:0] accumulator;
  logic signed [31:0] base;
  logic signed [31:0] wide;
  logic [1:0]         operation_q;

  generate
    if (MULTIPLY != 0) begin : g_multiply
      always_ff @(posedge clk)
        term <= (operation == instruction_pkg::OPERATION_MULTIPLY) ? 17'($signed(operand)) * 17'($signed(weight))
              : (operation == instruction_pkg::OPERATION_SHIFT)    ? {9'd0, operand} : 17'($signed(operand));
    end else begin : g_plain
      logic unused_weight;
      assign unused_weight = ^weight;
      always_ff @(posedge clk)
        term <= (operation == instruction_pkg::OPERATION_SHIFT) ? {9'd0, operand} : 17'($signed(operand));
    end
  endgenerate

  assign base = restart ? 32'sd0 : accumulator;
  assign wide = 32'(term);

  always_ff @(posedge clk) begin
    operation_q <= operation;
    if (accumulate) begin
      if (operation_q == instruction_pkg::OPERATION_MAXIMUM)    accumulator <= (restart || (wide > accumulator)) ? wide : accumulator;
      else if (operation_q == instruction_pkg::OPERATION_SHIFT) accumulator <= {base[23:0], wide[7:0]};
      else                                                      accumulator <= base + wide;
    end
    if (capture) result <= accumulator;
  end
endmodule
`default_nettype wire
