// First-word fall-through FIFO. `head` is valid while `empty` is low. Pushing when full or popping when empty is not
// allowed.
`default_nettype none
module fifo_sync #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 4
) (
  input  wire logic             clk,
  input  wire logic             rst,
  input  wire logic             push,
  input  wire logic [WIDTH-1:0] push_data,
  input  wire logic             pop,
  output logic [WIDTH-1:0]      head,
  output logic                  empty,
  output logic                  full
);
  localparam int INDEX_WIDTH = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam int COUNT_WIDTH = $clog2(DEPTH + 1);
  localparam logic [INDEX_WIDTH-1:0] LAST = INDEX_WIDTH'(DEPTH - 1);

  initial if (WIDTH < 1 || DEPTH < 1) $error("WIDTH and DEPTH must be at least 1");

  logic [WIDTH-1:0]       entries [0:DEPTH-1];
  logic [INDEX_WIDTH-1:0] write_index;
  logic [INDEX_WIDTH-1:0] read_index;
  logic [COUNT_WIDTH-1:0] count;

  assign head  = entries[read_index];
  assign empty = (count == '0);
  assign full  = (count == COUNT_WIDTH'(DEPTH));

  always_ff @(posedge clk) begin
    if (push) entries[write_index] <= push_data;
    if (rst) begin
      write_index <= '0;
      read_index  <= '0;
      count       <= '0;
    end else begin
      if (push) write_index <= (write_index == LAST) ? '0 : write_index + 1'b1;
      if (pop)  read_index  <= (read_index == LAST) ? '0 : read_index + 1'b1;
      if (push && !pop) count <= count + 1'b1;
      if (pop && !push) count <= count - 1'b1;
    end
  end
endmodule
`default_nettype wire
