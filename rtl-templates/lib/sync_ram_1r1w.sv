// Memory with one write port and one read port; read data two cycles after the address (RAM, then output register).
// Reading a word in the cycle that writes it gives the old or the new value: callers never do.
`default_nettype none
module sync_ram_1r1w #(
  parameter int WIDTH = 8,
  parameter int DEPTH = 16,
  parameter int ADDRESS_WIDTH = 4
) (
  input  wire logic                     clk,
  input  wire logic                     write_enable,
  input  wire logic [ADDRESS_WIDTH-1:0] write_address,
  input  wire logic [WIDTH-1:0]         write_data,
  input  wire logic [ADDRESS_WIDTH-1:0] read_address,
  output logic [WIDTH-1:0]              read_data
);
  initial if (WIDTH < 1 || DEPTH < 1 || (1 << ADDRESS_WIDTH) < DEPTH) $error("ADDRESS_WIDTH must reach DEPTH rows");

  (* no_rw_check *) logic [WIDTH-1:0] memory [0:DEPTH-1];
  logic [WIDTH-1:0] read_q;

  always_ff @(posedge clk) begin
    if (write_enable) memory[write_address] <= write_data;
    read_q    <= memory[read_address];
    read_data <= read_q;
  end
endmodule
`default_nettype wire
