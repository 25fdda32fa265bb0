// Walks a box of memory (planes of rows of beats) and cuts each row into bursts that end at multiples of BURST_BEATS beats.
// `load` takes a box; while `active`, `address` and `beats` describe the next burst one cycle after `load` or `advance`.
`default_nettype none
module burst_splitter #(
  parameter int BUS_BYTES = 4,
  parameter int WORD_BYTES = 8,
  parameter int BURST_BEATS = 64
) (
  input  wire logic        clk,
  input  wire logic        load,
  input  wire logic [31:0] box_address,
  input  wire logic [19:0] box_row_words,
  input  wire logic [15:0] box_row_count,
  input  wire logic [31:0] box_row_stride,
  input  wire logic [15:0] box_plane_count,
  input  wire logic [31:0] box_plane_stride,
  // The burst offered has been taken.
  input  wire logic        advance,
  output logic [31:0]      address,
  output logic [8:0]       beats,
  // The burst offered is the last of the box.
  output logic             last
);
  localparam int BEATS_PER_WORD = WORD_BYTES / BUS_BYTES;
  localparam int BUS_LOG = $clog2(BUS_BYTES);
  localparam int BURST_LOG = $clog2(BURST_BEATS);

  logic [31:0] row_address;
  logic [31:0] plane_address;
  logic [23:0] row_beats;
  logic [23:0] beats_left;
  logic [15:0] rows_left;
  logic [15:0] row_count;
  logic [15:0] planes_left;
  logic [31:0] row_stride;
  logic [31:0] plane_stride;
  logic [8:0]  room;
  logic        row_ends;
  logic        plane_ends;
  logic [31:0] next_row;
  logic [31:0] next_plane;

  assign room       = 9'(BURST_BEATS) - 9'(address[BUS_LOG +: BURST_LOG]);
  assign row_ends   = (beats_left <= 24'(room));
  assign beats      = row_ends ? beats_left[8:0] : room;
  assign plane_ends = row_ends && (rows_left == 16'd1);
  assign last       = plane_ends && (planes_left == 16'd1);
  assign next_row   = row_address + row_stride;
  assign next_plane = plane_address + plane_stride;

  always_ff @(posedge clk) begin
    if (load) begin
      address       <= box_address;
      row_address   <= box_address;
      plane_address <= box_address;
      row_beats     <= 24'(box_row_words) * 24'(BEATS_PER_WORD);
      beats_left    <= 24'(box_row_words) * 24'(BEATS_PER_WORD);
      rows_left     <= box_row_count;
      row_count     <= box_row_count;
      planes_left   <= box_plane_count;
      row_stride    <= box_row_stride;
      plane_stride  <= box_plane_stride;
    end else if (advance) begin
      if (!row_ends) begin
        address    <= address + (32'(beats) << BUS_LOG);
        beats_left <= beats_left - 24'(beats);
      end else begin
        beats_left <= row_beats;
        if (!plane_ends) begin
          address     <= next_row;
          row_address <= next_row;
          rows_left   <= rows_left - 16'd1;
        end else begin
          address       <= next_plane;
          row_address   <= next_plane;
          plane_address <= next_plane;
          rows_left     <= row_count;
          planes_left   <= planes_left - 16'd1;
        end
      end
    end
  end
endmodule
`default_nettype wire
