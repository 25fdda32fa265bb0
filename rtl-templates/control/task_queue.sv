// Queue of one unit's instructions, and the gate that holds its head until every unit has finished what the head waits for.
`default_nettype none
module task_queue #(
  parameter int WIDTH = 128,
  parameter int DEPTH = 4,
  // 1: the unit with this index makes what this unit takes in; the others only free what it needs. Order load, conv, lane, store.
  parameter logic [3:0] PRODUCERS = 4'b0001
) (
  input  wire logic             clk,
  input  wire logic             rst,
  input  wire logic             push,
  input  wire logic [WIDTH-1:0] push_data,
  output logic                  full,
  output logic                  empty,
  // Finished counts of the units: load, conv, lane, store from the low end.
  input  wire logic [63:0]      finished,
  output logic [WIDTH-1:0]      head,
  // Head is there and may start.
  output logic                  ready,
  // Head is there and waits for a producer; else for space.
  output logic                  waits_input,
  output logic                  waits_output,
  input  wire logic             pop
);
  logic [3:0] unmet;

  fifo_sync #(.WIDTH(WIDTH), .DEPTH(DEPTH)) u_fifo (
    .clk, .rst, .push, .push_data, .pop, .head, .empty, .full
  );

  generate
    for (genvar u = 0; u < 4; u++) begin : g_wait
      logic [14:0] unused_distance;
      assign {unmet[u], unused_distance} = finished[16*u +: 16] - head[instruction_pkg::HEADER_WAIT_LOAD_L + 16*u +: 16];
    end
  endgenerate

  assign ready        = !empty && (unmet == 4'd0);
  assign waits_input  = !empty && ((unmet & PRODUCERS) != 4'd0);
  assign waits_output = !empty && (unmet != 4'd0) && ((unmet & PRODUCERS) == 4'd0);
endmodule
`default_nettype wire
