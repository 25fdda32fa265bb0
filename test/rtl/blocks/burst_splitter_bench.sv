// Random boxes: each burst against the address and length that loops over planes, rows and boundaries give.
`default_nettype none
module burst_splitter_bench #(
  parameter BUS_BYTES = 4,
  parameter WORD_BYTES = 8,
  parameter BURST_BEATS = 16
);
  localparam BOXES = 400;
  localparam BEATS_PER_WORD = WORD_BYTES / BUS_BYTES;

  reg         clk = 0;
  reg         load = 0;
  reg         advance = 0;
  reg  [31:0] box_address;
  reg  [19:0] row_words;
  reg  [15:0] row_count;
  reg  [31:0] row_stride;
  reg  [15:0] plane_count;
  reg  [31:0] plane_stride;
  wire [31:0] address;
  wire [8:0]  beats;
  wire        last;

  burst_splitter #(.BUS_BYTES(BUS_BYTES), .WORD_BYTES(WORD_BYTES), .BURST_BEATS(BURST_BEATS)) dut (
    .clk(clk), .load(load), .box_address(box_address), .box_row_words(row_words), .box_row_count(row_count),
    .box_row_stride(row_stride), .box_plane_count(plane_count), .box_plane_stride(plane_stride),
    .advance(advance), .address(address), .beats(beats), .last(last)
  );

  integer seed, box, plane, row, left, length, passed, ignored;
  reg [31:0] at;
  reg is_last;

  task tick;
    begin
      #1 clk = 1;
      #1 clk = 0;
    end
  endtask

  initial begin
    ignored = $value$plusargs("seed=%d", seed);
    passed = 0;
    for (box = 0; box < BOXES; box = box + 1) begin
      box_address = ($urandom(seed) % 65536) * WORD_BYTES;
      row_words = 1 + $urandom(seed) % 70;
      row_count = 1 + $urandom(seed) % 5;
      row_stride = ($urandom(seed) % 200) * WORD_BYTES;
      plane_count = 1 + $urandom(seed) % 4;
      plane_stride = ($urandom(seed) % 3000) * WORD_BYTES;
      load = 1;
      tick;
      load = 0;
      for (plane = 0; plane < plane_count; plane = plane + 1)
        for (row = 0; row < row_count; row = row + 1) begin
          at = box_address + plane * plane_stride + row * row_stride;
          left = row_words * BEATS_PER_WORD;
          while (left > 0) begin
            length = BURST_BEATS - (at / BUS_BYTES) % BURST_BEATS;
            if (length > left) length = left;
            is_last = left == length && row == row_count - 1 && plane == plane_count - 1;
            // It waits for its burst to be taken.
            repeat ($urandom(seed) % 3) tick;
            #1;
            if (address !== at || beats !== length || last !== is_last) begin
              $display("FAIL box %0d: %0d beats at %0h, last %b, where %0d at %0h, last %b are next",
                       box, beats, address, last, length, at, is_last);
              $finish;
            end
            advance = 1;
            tick;
            advance = 0;
            at = at + length * BUS_BYTES;
            left = left - length;
            passed = passed + 1;
          end
        end
    end
    $display("PASS %0d", passed);
    $finish;
  end
endmodule
`default_nettype wire
