// One output channel of the convolution engine: multiplies the channels of a word by its weights, sums them in a tree
// and accumulates. Operands enter in cycle 0; the accumulator has taken them up at the end of cycle 2 + LEVELS.
`default_nettype none
module dot_lane #(
  parameter int CHANNELS = 8,
  parameter int LEVELS = 3
) (
  input  wire logic                  clk,
  input  wire logic [8*CHANNELS-1:0] activation,
  input  wire logic [8*CHANNELS-1:0] weight,
  // Timed to the accumulator: take the sum; start from `initial_value` (where `resume_sum`) or zero instead of the
  // accumulator; copy into `result` a cycle later.
  input  wire logic                  accumulate,
  input  wire logic                  restart,
  input  wire logic                  resume_sum,
  input  wire logic signed [31:0]    initial_value,
  input  wire logic                  capture,
  output logic signed [31:0]         result
);
  initial if (CHANNELS < 1 || LEVELS != $clog2(CHANNELS)) $error("LEVELS must be $clog2(CHANNELS)");

  logic [8*CHANNELS-1:0]          weight_q;
  logic [16*CHANNELS-1:0]         products;
  logic signed [16+LEVELS-1:0]    sum;
  logic signed [31:0]             accumulator;
  logic signed [31:0]             kept;

  generate
    for (genvar c = 0; c < CHANNELS; c++) begin : g_channel
      logic signed [15:0] product;
      always_ff @(posedge clk) product <= 16'($signed(activation[8*c +: 8])) * 16'($signed(weight_q[8*c +: 8]));
      assign products[16*c +: 16] = product;
    end
  endgenerate

  adder_tree #(.COUNT(CHANNELS), .WIDTH(16), .LEVELS(LEVELS), .SUM_WIDTH(16 + LEVELS)) u_tree (.clk, .terms(products), .sum);

  assign kept = !restart ? accumulator : resume_sum ? initial_value : 32'sd0;

  always_ff @(posedge clk) begin
    weight_q <= weight;
    if (accumulate) accumulator <= 32'(sum) + kept;
    if (capture) result <= accumulator;
  end
endmodule
`default_nettype wire
