// Streaming maximum pool, plain Verilog-2001. Positions of a padded map pass once, row by row, a position a cycle; a
// window's rows are combined with the help of one line memory.
//
// Job: a pulse on `start` while `busy` is low takes the `cfg_` inputs. `busy` rises in the next cycle and falls in the
// cycle after `fin`.
// Operands: `opr_req` asks for the next position of the map. In the cycle in which `opr_gnt` answers, the request is
// done; the position's bytes are on `opr_data` LATENCY cycles later. Padding is never asked for.
// Results: in order, one with each `res_valid`; there is no way to hold them back. `fin` comes with the last.
`default_nettype none
module stream_pool_core #(
  parameter BYTES = 8,
  parameter WINDOW = 3,
  parameter LEVELS = 2,
  parameter LINE_DEPTH = 64,
  parameter LINE_BITS = 6,
  parameter LATENCY = 2
) (
  input  wire               clk,
  input  wire               rst,
  input  wire               start,
  output reg                busy,
  output wire               fin,
  input  wire [12:0]        cfg_planes,
  // Positions of a plane, padding among them.
  input  wire [13:0]        cfg_rows,
  input  wire [13:0]        cfg_columns,
  // Those of the map: from a first row and column on.
  input  wire [13:0]        cfg_map_top,
  input  wire [13:0]        cfg_map_left,
  input  wire [13:0]        cfg_map_rows,
  input  wire [13:0]        cfg_map_columns,
  input  wire [3:0]         cfg_window_rows,
  input  wire [3:0]         cfg_window_columns,
  input  wire [7:0]         cfg_stride_y,
  input  wire [7:0]         cfg_stride_x,
  input  wire [7:0]         cfg_padding,
  output wire               opr_req,
  input  wire               opr_gnt,
  input  wire [8*BYTES-1:0] opr_data,
  output reg                res_valid,
  output reg  [8*BYTES-1:0] res_data
);
  localparam FLAGS = 5 + LINE_BITS;

  reg [12:0] planes_left;
  reg [13:0] rows;
  reg [13:0] columns;
  reg [13:0] map_top;
  reg [13:0] map_left;
  reg [13:0] map_bottom;
  reg [13:0] map_right;
  reg [3:0]  window_rows;
  reg [3:0]  window_columns;
  reg [7:0]  stride_y;
  reg [7:0]  stride_x;
  reg [7:0]  padding_value;

  // Requests. `x_wait` and `y_wait` count positions before the next window ends.
  reg                 asking;
  reg [13:0]          x;
  reg [13:0]          y;
  reg [7:0]           x_wait;
  reg [7:0]           y_wait;
  reg [LINE_BITS-1:0] line;

  wire on_map    = (x >= map_left) && (x < map_right) && (y >= map_top) && (y < map_bottom);
  wire step      = asking && (!on_map || opr_gnt);
  wire x_end     = (x == columns - 14'd1);
  wire y_end     = x_end && (y == rows - 14'd1);
  wire ends_x    = (x_wait == 8'd0);
  wire ends_y    = (y_wait == 8'd0);
  wire plane_end = y_end && (planes_left == 13'd1);

  assign opr_req = asking && on_map;

  always @(posedge clk) begin
    if (start) begin
      rows           <= cfg_rows;
      columns        <= cfg_columns;
      map_top        <= cfg_map_top;
      map_left       <= cfg_map_left;
      map_bottom     <= cfg_map_top + cfg_map_rows;
      map_right      <= cfg_map_left + cfg_map_columns;
      window_rows    <= cfg_window_rows;
      window_columns <= cfg_window_columns;
      stride_y       <= cfg_stride_y;
      stride_x       <= cfg_stride_x;
      padding_value  <= cfg_padding;
      planes_left    <= cfg_planes;
      x              <= 14'd0;
      y              <= 14'd0;
      x_wait         <= {4'd0, cfg_window_columns} - 8'd1;
      y_wait         <= {4'd0, cfg_window_rows} - 8'd1;
      line           <= {LINE_BITS{1'b0}};
    end else if (step) begin
      x      <= x_end ? 14'd0 : x + 14'd1;
      x_wait <= x_end ? {4'd0, window_columns} - 8'd1 : ends_x ? stride_x - 8'd1 : x_wait - 8'd1;
      line   <= x_end ? {LINE_BITS{1'b0}} : ends_x ? line + 1'b1 : line;
      if (x_end) begin
        y      <= y_end ? 14'd0 : y + 14'd1;
        y_wait <= y_end ? {4'd0, window_rows} - 8'd1 : ends_y ? stride_y - 8'd1 : y_wait - 8'd1;
      end
      if (y_end) planes_left <= planes_left - 13'd1;
    end

    if (rst) begin
      asking <= 1'b0;
      busy   <= 1'b0;
    end else begin
      if (start) asking <= 1'b1;
      else if (step && plane_end) asking <= 1'b0;
      if (start) busy <= 1'b1;
      else if (fin) busy <= 1'b0;
    end
  end

  // What belongs to a position waits until its bytes are there: step, last of all, padding, ends of a window, place in
  // the line.
  reg  [FLAGS*LATENCY-1:0] waiting;
  wire [FLAGS-1:0]         flags_0 = {step, step && plane_end, !on_map, ends_x, ends_y, line};
  wire [FLAGS-1:0]         flags_1 = waiting[FLAGS*LATENCY-1 -: FLAGS];
  reg  [FLAGS-1:0]         flags_2;
  reg  [FLAGS-1:0]         flags_3;

  integer stage;
  always @(posedge clk) begin
    waiting[FLAGS-1:0] <= flags_0;
    for (stage = 1; stage < LATENCY; stage = stage + 1)
      waiting[FLAGS*stage +: FLAGS] <= waiting[FLAGS*(stage-1) +: FLAGS];
    flags_2 <= flags_1;
    flags_3 <= flags_2;
    // Nothing that began before a reset may come out after it.
    if (rst) begin
      waiting <= {FLAGS*LATENCY{1'b0}};
      flags_2 <= {FLAGS{1'b0}};
      flags_3 <= {FLAGS{1'b0}};
    end
  end

  // Columns: the last WINDOW positions of the row, the newest lowest.
  reg  [8*BYTES*WINDOW-1:0] taps;
  wire [8*BYTES-1:0]        greatest_of_row;
  reg  [8*BYTES-1:0]        row_result;

  always @(posedge clk) begin
    if (flags_1[FLAGS-1])
      taps <= {taps[8*BYTES*(WINDOW-1)-1:0], flags_1[FLAGS-3] ? {BYTES{padding_value}} : opr_data};
    row_result <= greatest_of_row;
  end

  stream_pool_max #(.COUNT(WINDOW), .BYTES(BYTES), .LEVELS(LEVELS)) u_columns (
    .terms(taps), .limit(window_columns), .greatest(greatest_of_row)
  );

  // Rows: results of the WINDOW - 1 rows before at the same place, the newest lowest.
  localparam LINE_WIDTH = 8 * BYTES * (WINDOW - 1);

  // What is read while it is written comes from `written`.
  (* no_rw_check *)
  reg  [LINE_WIDTH-1:0]     memory [0:LINE_DEPTH-1];
  reg  [LINE_WIDTH-1:0]     read_data;
  reg  [LINE_WIDTH-1:0]     written;
  reg                       is_written;
  wire [LINE_BITS-1:0]      read_place  = flags_2[LINE_BITS-1:0];
  wire [LINE_BITS-1:0]      write_place = flags_3[LINE_BITS-1:0];
  wire                      write       = flags_3[FLAGS-1] && flags_3[LINE_BITS+1];
  wire [LINE_WIDTH-1:0]     rows_above  = is_written ? written : read_data;
  wire [8*BYTES*WINDOW-1:0] rows_here   = {rows_above, row_result};
  wire [8*BYTES-1:0]        greatest_of_window;
  reg                       is_last;

  always @(posedge clk) begin
    if (write) memory[write_place] <= rows_here[LINE_WIDTH-1:0];
    read_data  <= memory[read_place];
    // A row of one position reads what is written in the same cycle.
    written    <= rows_here[LINE_WIDTH-1:0];
    is_written <= write && (write_place == read_place);
  end

  stream_pool_max #(.COUNT(WINDOW), .BYTES(BYTES), .LEVELS(LEVELS)) u_rows (
    .terms(rows_here), .limit(window_rows), .greatest(greatest_of_window)
  );

  assign fin = res_valid && is_last;

  always @(posedge clk) begin
    res_data  <= greatest_of_window;
    is_last   <= flags_3[FLAGS-2];
    res_valid <= write && flags_3[LINE_BITS] && !rst;
  end
endmodule
`default_nettype wire
