// Delays control bits by STAGES cycles; cleared by reset so that nothing valid comes out after it.
`default_nettype none
module delay_line_reset #(
  parameter int WIDTH = 1,
  parameter int STAGES = 1
) (
  input  wire logic             clk,
  input  wire logic             rst,
  input  wire logic [WIDTH-1:0] in,
  output logic [WIDTH-1:0]      out
);
  initial if (WIDTH < 1 || STAGES < 1) $error("WIDTH and STAGES must be at least 1");

  logic [WIDTH*STAGES-1:0] stages;

  assign out = stages[WIDTH*STAGES-1 -: WIDTH];

  generate
    if (STAGES == 1) begin : g_one
      always_ff @(posedge clk) begin
        if (rst) stages <= '0;
        else     stages <= in;
      end
    end else begin : g_many
      always_ff @(posedge clk) begin
        if (rst) stages <= '0;
        else     stages <= {stages[WIDTH*(STAGES-1)-1:0], in};
      end
    end
  endgenerate
endmodule
`default_nettype wire
