// Counts the cycles that units are busy and wait, and records all counters whenever a layer ends: word 0 the cycle
// count, then busy, waiting for input and waiting for output of each unit, then zeros up to a power of two. A record is
// written in four cycles, a quarter each: `layer_done` must stay low for three cycles after it was high.
`default_nettype none
module layer_recorder #(
  parameter int UNITS = 4,
  parameter int RECORD_WORDS = 16,
  parameter int LAYER_WIDTH = 12,
  parameter int RECORD_LAYERS = 64,
  parameter int RECORD_ADDRESS_WIDTH = 10
) (
  input  wire logic                            clk,
  input  wire logic                            rst,
  input  wire logic                            start,
  input  wire logic                            running,
  input  wire logic [UNITS-1:0]                busy,
  input  wire logic [UNITS-1:0]                waits_input,
  input  wire logic [UNITS-1:0]                waits_output,
  input  wire logic                            layer_done,
  input  wire logic [LAYER_WIDTH-1:0]          layer,
  output logic [31:0]                          cycles,
  output logic [96*UNITS-1:0]                  counters,
  input  wire logic [RECORD_ADDRESS_WIDTH-1:0] read_address,
  output logic [31:0]                          read_data
);
  localparam int ROW_WORDS = RECORD_WORDS / 4;
  localparam int ROW_BITS = 32 * ROW_WORDS;
  localparam int ROW_ADDRESS_WIDTH = RECORD_ADDRESS_WIDTH - $clog2(ROW_WORDS);
  localparam int WORD_WIDTH = $clog2(ROW_WORDS);

  initial begin
    if (RECORD_WORDS < 1 + 3 * UNITS || RECORD_WORDS != (1 << $clog2(RECORD_WORDS))) $error("RECORD_WORDS must be a power of two that holds all counters");
  end

  logic [4*ROW_BITS-1:0]   snapshot;
  logic [1:0]              part;
  logic [LAYER_WIDTH-1:0]  snapshot_layer;
  logic                    writing;

  generate
    for (genvar u = 0; u < UNITS; u++) begin : g_unit
      logic [31:0] busy_cycles;
      logic [31:0] input_cycles;
      logic [31:0] output_cycles;
      always_ff @(posedge clk) begin
        if (rst || start) begin
          busy_cycles   <= '0;
          input_cycles  <= '0;
          output_cycles <= '0;
        end else if (running) begin
          if (busy[u]) busy_cycles <= busy_cycles + 32'd1;
          else if (waits_input[u]) input_cycles <= input_cycles + 32'd1;
          else if (waits_output[u]) output_cycles <= output_cycles + 32'd1;
        end
      end
      assign counters[96*u +: 96] = {output_cycles, input_cycles, busy_cycles};
    end
  endgenerate

  always_ff @(posedge clk) begin
    if (rst || start) cycles <= '0;
    else if (running) cycles <= cycles + 32'd1;

    if (layer_done) begin
      snapshot       <= (4*ROW_BITS)'({counters, cycles});
      snapshot_layer <= layer;
    end else snapshot <= {snapshot[4*ROW_BITS-1:3*ROW_BITS], snapshot[4*ROW_BITS-1:ROW_BITS]};
    if (rst) begin
      writing <= 1'b0;
      part    <= '0;
    end else if (layer_done) begin
      writing <= 1'b1;
      part    <= '0;
    end else if (writing) begin
      part <= part + 2'd1;
      if (part == 2'd3) writing <= 1'b0;
    end
  end

  logic in_range;
  assign in_range = (32'(snapshot_layer) < 32'(RECORD_LAYERS));

  logic [ROW_BITS-1:0] read_row;

  sync_ram_1r1w #(.WIDTH(ROW_BITS), .DEPTH(RECORD_LAYERS * 4), .ADDRESS_WIDTH(ROW_ADDRESS_WIDTH)) u_records (
    .clk, .write_enable(writing && in_range), .write_address(ROW_ADDRESS_WIDTH'({snapshot_layer, part})), .write_data(snapshot[ROW_BITS-1:0]),
    .read_address(read_address[RECORD_ADDRESS_WIDTH-1:WORD_WIDTH]), .read_data(read_row)
  );
  // The address stands still until its word has been taken.
  assign read_data = read_row[32 * read_address[WORD_WIDTH-1:0] +: 32];
endmodule
`default_nettype wire
