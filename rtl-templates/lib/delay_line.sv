// Delays data by STAGES cycles. No reset: what must start clear goes through `delay_line_reset`.
`default_nettype none
module delay_line #(
  parameter int WIDTH = 1,
  parameter int STAGES = 1
) (
  input  wire logic             clk,
  input  wire logic [WIDTH-1:0] in,
  output logic [WIDTH-1:0]      out
);
  initial if (WIDTH < 1 || STAGES < 1) $error("WIDTH and STAGES must be at least 1");

  // One vector, newest stage low.
  logic [WIDTH*STAGES-1:0] stages;

  assign out = stages[WIDTH*STAGES-1 -: WIDTH];

  generate
    if (STAGES == 1) begin : g_one
      always_ff @(posedge clk) stages <= in;
    end else begin : g_many
      always_ff @(posedge clk) stages <= {stages[WIDTH*(STAGES-1)-1:0], in};
    end
  endgenerate
endmodule
`default_nettype wire
