// Greatest of the first `limit` of COUNT signed bytes, for BYTES channels side by side. Combinational: a tree of LEVELS
// levels, which must be $clog2(COUNT).
`default_nettype none
module stream_pool_max #(
  parameter COUNT = 3,
  parameter BYTES = 8,
  parameter LEVELS = 2
) (
  input  wire [8*BYTES*COUNT-1:0] terms,
  input  wire [3:0]               limit,
  output wire [8*BYTES-1:0]       greatest
);
  localparam WORD = 8 * BYTES;

  genvar level;
  genvar n;
  genvar b;
  generate
    // Level 0 has COUNT words, each other half of those below it, rounded up.
    for (level = 0; level <= LEVELS; level = level + 1) begin : g_level
      wire [WORD*((COUNT + (1 << level) - 1) >> level)-1:0] words;
    end

    for (n = 0; n < COUNT; n = n + 1) begin : g_leaf
      assign g_level[0].words[WORD*n +: WORD] = (n == 0 || limit > n) ? terms[WORD*n +: WORD] : {BYTES{8'h80}};
    end

    for (level = 1; level <= LEVELS; level = level + 1) begin : g_tree
      for (n = 0; n < ((COUNT + (1 << level) - 1) >> level); n = n + 1) begin : g_node
        if (((2 * n + 1) << (level - 1)) < COUNT) begin : g_two
          for (b = 0; b < BYTES; b = b + 1) begin : g_byte
            wire signed [7:0] left  = g_level[level-1].words[WORD*2*n + 8*b +: 8];
            wire signed [7:0] right = g_level[level-1].words[WORD*(2*n+1) + 8*b +: 8];
            assign g_level[level].words[WORD*n + 8*b +: 8] = (left > right) ? left : right;
          end
        end else begin : g_one
          assign g_level[level].words[WORD*n +: WORD] = g_level[level-1].words[WORD*2*n +: WORD];
        end
      end
    end
  endgenerate

  assign greatest = g_level[LEVELS].words;
endmodule
`default_nettype wire
