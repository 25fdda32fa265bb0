// Random instructions and finished counts: the head may start when every count has reached what it waits for.
`default_nettype none
module task_queue_bench #(
  parameter UNITS = 4,
  parameter DEPTH = 4
);
  localparam WIDTH = instruction_pkg::HEADER_WAIT_LOAD_L + 16 * UNITS;
  localparam STEPS = 20000;
  // The load unit produces.
  localparam [UNITS-1:0] PRODUCERS = 1;

  reg                 clk = 0;
  reg                 rst = 1;
  reg                 push = 0;
  reg  [WIDTH-1:0]    push_data = 0;
  reg                 pop = 0;
  reg  [16*UNITS-1:0] finished = 0;
  wire                full;
  wire                empty;
  wire [WIDTH-1:0]    head;
  wire                ready;
  wire                waits_input;
  wire                waits_output;

  task_queue #(.UNITS(UNITS), .WIDTH(WIDTH), .DEPTH(DEPTH), .PRODUCERS(PRODUCERS)) dut (
    .clk(clk), .rst(rst), .push(push), .push_data(push_data), .full(full), .empty(empty), .finished(finished),
    .head(head), .ready(ready), .waits_input(waits_input), .waits_output(waits_output), .pop(pop)
  );

  integer seed, step, unit, passed, ignored;
  reg [UNITS-1:0] unmet;
  // How far a wait is ahead of its count, modulo 2^16: up to 2^15 it is unmet.
  reg [15:0] ahead;

  initial begin
    ignored = $value$plusargs("seed=%d", seed);
    passed = 0;
    for (unit = 0; unit < UNITS; unit = unit + 1) finished[16*unit +: 16] = $urandom(seed);
    repeat (2) begin #1 clk = 1; #1 clk = 0; end
    rst = 0;
    for (step = 0; step < STEPS; step = step + 1) begin
      push = !full && ($urandom(seed) % 3 == 0);
      push_data = {$urandom(seed), $urandom(seed), $urandom(seed), $urandom(seed)};
      for (unit = 0; unit < UNITS; unit = unit + 1) begin
        // Near the counts, and at times far behind them.
        push_data[instruction_pkg::HEADER_WAIT_LOAD_L + 16*unit +: 16] = finished[16*unit +: 16] +
          ($urandom(seed) % 8 == 0 ? 16'h9000 + $urandom(seed) % 16 : $urandom(seed) % 6 - 3);
      end
      #1;
      unmet = 0;
      for (unit = 0; unit < UNITS; unit = unit + 1) begin
        ahead = head[instruction_pkg::HEADER_WAIT_LOAD_L + 16*unit +: 16] - finished[16*unit +: 16];
        unmet[unit] = ahead != 0 && ahead <= 16'h8000;
      end
      if (!empty && (ready !== (unmet == 0) || waits_input !== |(unmet & PRODUCERS) ||
                     waits_output !== (unmet != 0 && (unmet & PRODUCERS) == 0))) begin
        $display("FAIL step %0d: ready %b, waits for input %b, for output %b with unmet waits %b",
                 step, ready, waits_input, waits_output, unmet);
        $finish;
      end
      if (empty && (ready || waits_input || waits_output)) begin
        $display("FAIL step %0d: an empty queue is ready or waits", step);
        $finish;
      end
      pop = ready && ($urandom(seed) % 2 == 0);
      #1 clk = 1;
      #1 clk = 0;
      passed = passed + pop;
      for (unit = 0; unit < UNITS; unit = unit + 1)
        if ($urandom(seed) % 3 == 0) finished[16*unit +: 16] = finished[16*unit +: 16] + 1;
    end
    $display("PASS %0d", passed);
    $finish;
  end
endmodule
`default_nettype wire
