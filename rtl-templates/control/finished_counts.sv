// Counts, modulo 2^16, the instructions that each unit has finished, and tells when all have finished what they were
// given. Counts lag the pulse by a cycle. The load that start itself asks for (`push_first`) is not counted.
`default_nettype none
module finished_counts #(
  parameter int UNITS = 4
) (
  input  wire logic             clk,
  input  wire logic             rst,
  input  wire logic             start,
  // One bit per unit; the load unit is the lowest.
  input  wire logic [UNITS-1:0] push,
  input  wire logic             push_first,
  input  wire logic [UNITS-1:0] done,
  output logic [16*UNITS-1:0]   finished,
  output logic                  all_idle
);
  initial if (UNITS < 2) $error("UNITS counts a load unit and a store unit at least");

  logic [UNITS-1:0] idle;
  logic             first_pending;

  assign all_idle = &idle;

  generate
    for (genvar u = 0; u < UNITS; u++) begin : g_count
      logic [15:0] finished_count;
      logic [15:0] pushed_count;
      assign finished[16*u +: 16] = finished_count;
      assign idle[u]              = (finished_count == pushed_count);
      always_ff @(posedge clk) begin
        if (rst || start) begin
          finished_count <= 16'd0;
          pushed_count   <= 16'd0;
        end else begin
          if (done[u] && !((u == 0) && first_pending)) finished_count <= finished_count + 16'd1;
          if (push[u] && !((u == 0) && push_first)) pushed_count <= pushed_count + 16'd1;
        end
      end
    end
  endgenerate

  always_ff @(posedge clk) begin
    if (rst)          first_pending <= 1'b0;
    else if (start)   first_pending <= 1'b1;
    else if (done[0]) first_pending <= 1'b0;
  end
endmodule
`default_nettype wire
