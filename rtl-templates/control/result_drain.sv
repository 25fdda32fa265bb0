// Works off the results of a window position: from the cycle after `result_last` they stand still for STEPS cycles, and
// `step` says which of them are on their way to the requantisers. A word is whole every PARTS steps. What belongs to
// the results (`tag`, the ends of group and task) is held as long.
`default_nettype none
module result_drain #(
  parameter int STEPS = 2,
  parameter int PARTS = 2,
  parameter int STEP_WIDTH = 1
) (
  input  wire logic              clk,
  input  wire logic              rst,
  input  wire logic              result_last,
  input  wire logic              result_group_last,
  input  wire logic              result_task_last,
  input  wire logic              result_tag,
  output logic                   draining,
  output logic [STEP_WIDTH-1:0]  step,
  // The step ends a word; it is the last.
  output logic                   part_end,
  output logic                   drain_end,
  output logic                   group_last,
  output logic                   task_last,
  output logic                   tag
);
  localparam int PART_WIDTH = (PARTS > 1) ? $clog2(PARTS) : 1;

  initial begin
    if (PARTS < 1 || STEPS % PARTS != 0 || (1 << STEP_WIDTH) < STEPS)
      $error("PARTS must divide STEPS, and STEP_WIDTH tell them");
  end

  logic [PART_WIDTH-1:0] part;

  assign drain_end = (step == STEP_WIDTH'(STEPS - 1));
  assign part_end  = (part == PART_WIDTH'(PARTS - 1));

  always_ff @(posedge clk) begin
    if (result_last) begin
      group_last <= result_group_last;
      task_last  <= result_task_last;
      tag        <= result_tag;
    end
    if (rst) begin
      draining <= 1'b0;
      step     <= '0;
      part     <= '0;
    end else begin
      if (result_last) draining <= 1'b1;
      else if (drain_end) draining <= 1'b0;
      if (draining) begin
        step <= drain_end ? '0 : step + 1'b1;
        part <= part_end ? '0 : part + 1'b1;
      end
    end
  end
endmodule
`default_nettype wire
