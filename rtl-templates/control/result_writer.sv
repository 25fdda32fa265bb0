// Puts result bytes together to words and gives each its place in an output buffer. A pixel has a word in each of
// several planes, `plane_stride` apart; with the last pixel of a group the next group begins in the plane after.
`default_nettype none
module result_writer #(
  parameter int WORD_BITS = 64,
  // Bits that come at a time, the lowest of a word first.
  parameter int PART_BITS = 32
) (
  input  wire logic                 clk,
  input  wire logic                 rst,
  input  wire logic                 valid,
  input  wire logic [PART_BITS-1:0] part,
  // With a part: it ends a word, a pixel.
  input  wire logic                 part_end,
  input  wire logic                 step_end,
  input  wire logic                 group_last,
  input  wire logic                 task_last,
  // Of the running task; `discard` keeps its words from being written.
  input  wire logic [19:0]          base,
  input  wire logic [19:0]          plane_stride,
  input  wire logic                 discard,
  output logic                      write,
  output logic [19:0]               address,
  output logic [WORD_BITS-1:0]      data,
  // With the last word of a task.
  output logic                      done
);
  initial if (PART_BITS < 1 || WORD_BITS % PART_BITS != 0) $error("PART_BITS must divide WORD_BITS");

  logic [19:0] plane;
  logic [19:0] next_plane;
  logic [19:0] group_plane;
  logic [19:0] pixel;

  assign next_plane = plane + plane_stride;

  always_ff @(posedge clk) begin
    if (valid) data <= WORD_BITS'({part, data} >> PART_BITS);
    address <= base + plane + pixel;
    if (rst) begin
      write       <= 1'b0;
      done        <= 1'b0;
      plane       <= '0;
      group_plane <= '0;
      pixel       <= '0;
    end else begin
      write <= part_end && !discard;
      done  <= step_end && task_last;
      if (part_end) begin
        // Planes of a pixel, then back to the group's first; the group moves on with its last pixel.
        if (!step_end) plane <= next_plane;
        else if (task_last) begin
          plane       <= '0;
          group_plane <= '0;
        end else if (group_last) begin
          plane       <= next_plane;
          group_plane <= next_plane;
        end else plane <= group_plane;
      end
      if (step_end) pixel <= group_last ? '0 : pixel + 20'd1;
    end
  end
endmodule
`default_nettype wire
