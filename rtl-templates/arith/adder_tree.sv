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
  initial begin
    if (COUNT < 1 || WIDTH < 1 || LEVELS != ((COUNT > 1) ? $clog2(COUNT) : 1) || SUM_WIDTH < WIDTH + LEVELS)
      $error("LEVELS must be $clog2(COUNT), at least 1, and SUM_WIDTH hold the sum of COUNT terms");
  end

  // Level l has the sums of 2^l terms each; the last one of a level may have fewer.
  generate
    for (genvar l = 0; l <= LEVELS; l++) begin : g_level
      for (genvar i = 0; (i << l) < COUNT; i++) begin : g_node
        logic signed [WIDTH+l-1:0] value;
        if (l == 0) begin : g_term
          assign value = terms[i*WIDTH +: WIDTH];
        end else if (((2*i + 1) << (l - 1)) < COUNT) begin : g_pair
          always_ff @(posedge clk) value <= (WIDTH+l)'(g_level[l-1].g_node[2*i].value) + (WIDTH+l)'(g_level[l-1].g_node[2*i+1].value);
        end else begin : g_single
          always_ff @(posedge clk) value <= (WIDTH+l)'(g_level[l-1].g_node[2*i].value);
        end
      end
    end
  endgenerate
  assign sum = SUM_WIDTH'(g_level[LEVELS].g_node[0].value);
endmodule
`default_nettype wire
