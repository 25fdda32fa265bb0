// Walks a box of memory (planes of rows of beats) and cuts each row into bursts that end at multiples of BURST_BEATS
// beats. `load` takes a box; while `active`, `address` and `beats` describe the next burst one cycle after `load` or
// `advance`.
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
  localparam int BOUNDARY_LOG = BUS_LOG + BURST_LOG;

  initial begin
    if ((1 << BURST_LOG) != BURST_BEATS || BURST_BEATS < 2 || BURST_BEATS > 256 || BURST_BEATS * BUS_BYTES > 4096 ||
        BEATS_PER_WORD > 15)
      $error("BURST_BEATS must be a power of two up to 256 whose bursts stay within 4096 bytes");
  end

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
  logic [31:0] next_burst;
  logic [31:0] next_row;
  logic [31:0] next_plane;
  logic [31:0] target;

  // Words times BEATS_PER_WORD, by additions: not worth a multiplier block.
  function automatic logic [23:0] beats_of(input logic [19:0] words);
    beats_of = '0;
    for (int i = 0; i < 4; i++) if (((BEATS_PER_WORD >> i) & 1) != 0) beats_of = beats_of + (24'(words) << i);
  endfunction

  assign room       = 9'(BURST_BEATS) - 9'(address[BUS_LOG +: BURST_LOG]);
  assign row_ends   = (beats_left <= 24'(room));
  assign beats      = row_ends ? beats_left[8:0] : room;
  assign plane_ends = row_ends && (rows_left == 16'd1);
  assign last       = plane_ends && (planes_left == 16'd1);
  // A burst that does not end its row ends at a boundary.
  assign next_burst = {address[31:BOUNDARY_LOG] + 1'b1, {BOUNDARY_LOG{1'b0}}};
  assign next_row   = row_address + row_stride;
  assign next_plane = plane_address + plane_stride;
  assign target     = load ? box_address : !row_ends ? next_burst : !plane_ends ? next_row : next_plane;

  always_ff @(posedge clk) begin
    if (load) begin
      row_beats    <= beats_of(box_row_words);
      row_count    <= box_row_count;
      row_stride   <= box_row_stride;
      plane_stride <= box_plane_stride;
    end
    if (load || advance) begin
      address    <= target;
      beats_left <= load ? beats_of(box_row_words) : row_ends ? row_beats : beats_left - 24'(room);
    end
    if (load || (advance && row_ends)) begin
      row_address <= target;
      rows_left   <= load ? box_row_count : plane_ends ? row_count : rows_left - 16'd1;
    end
    if (load || (advance && plane_ends)) begin
      plane_address <= target;
      planes_left   <= load ? box_plane_count : planes_left - 16'd1;
    end
  end
endmodule
`default_nettype wire
