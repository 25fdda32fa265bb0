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
  logic [WIDTH-1:0] stages [0:STAGES-1];

  assign out = stages[STAGES-1];

  always_ff @(posedge clk) begin
    stages[0] <= in;
    for (int i = 1; i < STAGES; i++) stages[i] <= stages[i-1];
  end
endmodule
`default_nettype wire
