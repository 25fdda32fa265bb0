// Counts the cycles that units are busy and wait, and records all counters whenever a layer ends:
// word 0 the cycle count, words 1 to 12 busy, waiting for input and waiting for output of load, conv, lane, store.
// A record is written in four cycles of four words: `layer_done` must stay low for three cycles after it was high.
`default_nettype none
module layer_recorder #(
  parameter int LAYER_WIDTH = 12,
  parameter int RECORD_LAYERS = 64,
  parameter int RECORD_ADDRESS_WIDTH = 10
) (
  input  wire logic                            clk,
  input  wire logic                            rst,
  input  wire logic                            start,
  input  wire logic                            running,
  input  wire logic [3:0]                      busy,
  input  wire logic [3:0]                      waits_input,
  input  wire logic [3:0]                      waits_output,
  input  wire logic                            layer_done,
  input  wire logic [LAYER_WIDTH-1:0]          layer,
  output logic [31:0]                          cycles,
  output logic [383:0]                         counters,
  input  wire logic [RECORD_ADDRESS_WIDTH-1:0] read_address,
  output logic [31:0]                          read_data
);
  localparam int ROW_ADDRESS_WIDTH = RECORD_ADDRESS_WIDTH - 2;

  logic [511:0]            snapshot;
  logic [1:0]              part;
  logic [LAYER_WIDTH-1:0]  snapshot_layer;
  logic                    writing;

  generate
    for (genvar u = 0; u < 4; u++) begin : g_unit
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
      snapshot       <= {96'd0, counters, cycles};
      snapshot_layer <= layer;
    end else snapshot <= {snapshot[511:384], snapshot[511:128]};
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

  logic [127:0] read_row;

  sync_ram_1r1w #(.WIDTH(128), .DEPTH(RECORD_LAYERS * 4), .ADDRESS_WIDTH(ROW_ADDRESS_WIDTH)) u_records (
    .clk, .write_enable(writing && in_range), .write_address(ROW_ADDRESS_WIDTH'({snapshot_layer, part})), .write_data(snapshot[127:0]),
    .read_address(read_address[RECORD_ADDRESS_WIDTH-1:2]), .read_data(read_row)
  );
  // The address stands still until its word has been taken.
  assign read_data = read_row[32 * read_address[1:0] +: 32];
endmodule
`default_nettype wire
