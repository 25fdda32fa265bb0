// Sum of COUNT signed terms, one register per level: $clog2(COUNT) cycles (at least 1).
`default_nettype none
module adder_tree #(
  parameter int COUNT = 8,
  parameter int WIDTH = 16,
  parameter int LEVELS = 3,
  parameter int SUM_WIDTH = 19
) (
  input  wire logic                        clk,
  input  wire logic [COUNT*WIDTH-1:0]      terms,
  output logic signed [SUM_WIDTH-1:0]      sum
);
  // Level l has 2^(LEVELS-l) nodes; those without terms stay zero and vanish in synthesis.
  generate
    for (genvar l = 0; l <= LEVELS; l++) begin : g_level
      for (genvar i = 0; i < (1 << (LEVELS - l)); i++) begin : g_node
        logic signed [WIDTH+l-1:0] value;
        if (l == 0) begin : g_leaf
          if (i < COUNT) begin : g_term
            assign value = terms[i*WIDTH +: WIDTH];
          end else begin : g_zero
            assign value = '0;
          end
        end else if ((i << l) < COUNT) begin : g_sum
          always_ff @(posedge clk) value <= (WIDTH+l)'(g_level[l-1].g_node[2*i].value) + (WIDTH+l)'(g_level[l-1].g_node[2*i+1].value);
        end else begin : g_none
          assign value = '0;
        end
      end
    end
  endgenerate
  assign sum = SUM_WIDTH'(g_level[LEVELS].g_node[0].value);
endmodule
`default_nettype wire
