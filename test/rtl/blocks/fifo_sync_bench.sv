// Random pushes and pops against a list. Prints PASS with the words that went through, or what differs.
`default_nettype none
module fifo_sync_bench #(
  parameter DEPTH = 4
);
  localparam WIDTH = 8;
  localparam STEPS = 20000;

  reg                clk = 0;
  reg                rst = 1;
  reg                push = 0;
  reg [WIDTH-1:0]    push_data = 0;
  reg                pop = 0;
  wire [WIDTH-1:0]   head;
  wire               empty;
  wire               full;

  fifo_sync #(.WIDTH(WIDTH), .DEPTH(DEPTH)) dut (
    .clk(clk), .rst(rst), .push(push), .push_data(push_data), .pop(pop), .head(head), .empty(empty), .full(full)
  );

  integer seed, step, count, passed, fill, ignored;
  reg [WIDTH-1:0] list [0:DEPTH];
  integer i;

  initial begin
    ignored = $value$plusargs("seed=%d", seed);
    count = 0;
    passed = 0;
    repeat (2) begin #1 clk = 1; #1 clk = 0; end
    rst = 0;
    for (step = 0; step < STEPS; step = step + 1) begin
      // Phases in which it fills, empties, or neither.
      fill = (step / 97) % 3;
      push = !full && ($urandom(seed) % 4 < 1 + fill);
      pop = !empty && ($urandom(seed) % 4 < 3 - fill);
      push_data = $urandom(seed);
      #1;
      if (empty !== (count == 0) || full !== (count == DEPTH)) begin
        $display("FAIL step %0d: empty %b, full %b with %0d of %0d words", step, empty, full, count, DEPTH);
        $finish;
      end
      if (count > 0 && head !== list[0]) begin
        $display("FAIL step %0d: head %0h where %0h was pushed", step, head, list[0]);
        $finish;
      end
      if (push) list[count] = push_data;
      count = count + push;
      if (pop) begin
        for (i = 0; i < DEPTH; i = i + 1) list[i] = list[i + 1];
        count = count - 1;
        passed = passed + 1;
      end
      clk = 1;
      #1 clk = 0;
    end
    $display("PASS %0d", passed);
    $finish;
  end
endmodule
`default_nettype wire
