// Queue of one unit's instructions, and the gate that holds its head until every unit has finished what the head waits
// for.
`default_nettype none
module task_queue #(
  parameter int UNITS = 4,
  parameter int WIDTH = 128,
  parameter int DEPTH = 4,
  // 1: the unit with this index makes what this unit takes in; the others only free what it needs.
  parameter logic [UNITS-1:0] PRODUCERS = '0
) (
  input  wire logic             clk,
  input  wire logic             rst,
  input  wire logic             push,
  input  wire logic [WIDTH-1:0] push_data,
  output logic                  full,
  output logic                  empty,
  // Finished counts of the units, the load unit's lowest.
  input  wire logic [16*UNITS-1:0] finished,
  output logic [WIDTH-1:0]      head,
  // Head is there and may start.
  output logic                  ready,
  // Head is there and waits for a producer; else for space.
  output logic                  waits_input,
  output logic                  waits_output,
  input  wire logic             pop
);
  initial begin
    if (UNITS < 2 || DEPTH < 1 || WIDTH < instruction_pkg::HEADER_WAIT_LOAD_L + 16 * UNITS)
      $error("WIDTH must hold a wait for each unit");
  end

  logic [UNITS-1:0] unmet;

  fifo_sync #(.WIDTH(WIDTH), .DEPTH(DEPTH)) u_fifo (
    .clk, .rst, .push, .push_data, .pop, .head, .empty, .full
  );

  generate
    for (genvar u = 0; u < UNITS; u++) begin : g_wait
      logic [14:0] unused_distance;
      assign {unmet[u], unused_distance} = finished[16*u +: 16] - head[instruction_pkg::HEADER_WAIT_LOAD_L + 16*u +: 16];
    end
  endgenerate

  assign ready        = !empty && (unmet == '0);
  assign waits_input  = !empty && ((unmet & PRODUCERS) != '0);
  assign waits_output = !empty && (unmet != '0) && ((unmet & PRODUCERS) == '0);
endmodule
`default_nettype wire
