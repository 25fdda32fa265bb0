// Buffer of an engine that loads fill: BANKS memories side by side, each with a word of every row, and all of it COPIES
// times with the same words and a read port for each copy. Data comes two cycles after the address; the first copy and
// bank are the lowest.
`default_nettype none
module banked_buffer #(
  parameter int WORD_BITS = 64,
  // The low bits of each word that are kept.
  parameter int STORED_BITS = 64,
  parameter int BANKS = 1,
  parameter int COPIES = 1,
  parameter int DEPTH = 16,
  parameter int BANK_WIDTH = 4,
  // Bits of an address at the engine's port, and of a row in the buffer.
  parameter int PORT_WIDTH = 20,
  parameter int ADDRESS_WIDTH = 4
) (
  input  wire logic                         clk,
  input  wire logic                         fill,
  input  wire logic [BANK_WIDTH-1:0]        fill_bank,
  input  wire logic [19:0]                  fill_row,
  input  wire logic [WORD_BITS-1:0]         fill_data,
  input  wire logic [COPIES*PORT_WIDTH-1:0] address,
  output logic [COPIES*BANKS*STORED_BITS-1:0] data
);
  initial begin
    if (STORED_BITS > WORD_BITS || BANKS > (1 << BANK_WIDTH) || ADDRESS_WIDTH > PORT_WIDTH || ADDRESS_WIDTH > 20)
      $error("BANK_WIDTH must tell BANKS banks, and a port reach what a row address reaches");
  end

  generate
    for (genvar c = 0; c < COPIES; c++) begin : g_copy
      for (genvar b = 0; b < BANKS; b++) begin : g_bank
        sync_ram_1r1w #(.WIDTH(STORED_BITS), .DEPTH(DEPTH), .ADDRESS_WIDTH(ADDRESS_WIDTH)) u_memory (
          .clk, .write_enable(fill && ((BANKS == 1) || (fill_bank == BANK_WIDTH'(b)))), .write_address(fill_row[ADDRESS_WIDTH-1:0]),
          .write_data(fill_data[STORED_BITS-1:0]), .read_address(address[PORT_WIDTH*c +: ADDRESS_WIDTH]),
          .read_data(data[STORED_BITS*(BANKS*c + b) +: STORED_BITS])
        );
      end
    end
  endgenerate

  // The buffer is smaller than its addresses reach, and may keep a part of each word.
  logic unused;
  assign unused = ^{fill_bank, fill_row, fill_data, address};
endmodule
`default_nettype wire
