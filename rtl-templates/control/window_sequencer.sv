// Walks the loop nest of a windowed task, one step a cycle. The window's fields are the first of a task. Loops, inner
// first: block, kernel column, kernel row, repeat, output column, output row, group. A pixel takes max(its steps,
// MIN_INTERVAL) cycles. Engines differ only in what a step does.
`default_nettype none
module window_sequencer #(
  parameter int MIN_INTERVAL = 1
) (
  input  wire logic        clk,
  input  wire logic        rst,
  input  wire logic        start,
  input  wire logic [window_pkg::BITS-1:0] head,
  output logic             running,
  // Valid in the cycle of a step.
  output logic             step,
  output logic [19:0]      address,
  output logic             padding,
  output logic [19:0]      weight_address,
  output logic             first,
  output logic             last,
  output logic             group_last,
  output logic             task_last
);
  localparam int CW = 14;
  localparam int INTERVAL_WIDTH = $clog2(MIN_INTERVAL + 1);

  initial if (MIN_INTERVAL < 1) $error("MIN_INTERVAL must be at least 1");

  // Quasi-static fields.
  logic [12:0] blocks;
  logic [7:0]  kernel_width;
  logic [7:0]  kernel_height;
  logic [1:0]  repeat_count;
  logic [13:0] output_width;
  logic [13:0] output_height;
  logic [13:0] input_width;
  logic [13:0] input_height;
  logic [13:0] start_x;
  logic [13:0] start_y;
  logic [7:0]  stride_x;
  logic [7:0]  stride_y;
  logic [7:0]  dilation_x;
  logic [7:0]  dilation_y;
  logic [19:0] block_step;
  logic [19:0] kernel_row_step;
  logic [19:0] output_row_step;
  logic [19:0] group_step;

  // Counters count what is left, down to 1.
  logic [12:0] block_left;
  logic [7:0]  kx_left;
  logic [7:0]  ky_left;
  logic [1:0]  repeat_left;
  logic [13:0] ox_left;
  logic [13:0] oy_left;
  logic [12:0] group_left;

  // Address at the start of the running kernel column, kernel row, pixel, output row, group.
  logic [19:0] at_kx;
  logic [19:0] at_ky;
  logic [19:0] at_pixel;
  logic [19:0] at_row;
  logic [19:0] at_group;
  logic [19:0] weight_group;
  logic [CW-1:0] x;
  logic [CW-1:0] y;
  logic [CW-1:0] x_pixel;
  logic [CW-1:0] y_pixel;

  logic        block_end;
  logic        kx_end;
  logic        ky_end;
  logic        repeat_end;
  logic        ox_end;
  logic        oy_end;
  logic        group_end;
  logic        pixel_advance;
  logic [INTERVAL_WIDTH-1:0] elapsed;
  logic        interval_met;
  logic        begun;
  // Where address, x, y and weight address go next, and the loops that go on or begin there.
  logic [19:0] target;
  logic [CW-1:0] target_x;
  logic [CW-1:0] target_y;
  logic [19:0] target_weight;
  logic        inner_advance;
  logic        to_pixel;
  logic        to_step;
  logic        to_kx;
  logic        to_ky;
  logic        to_repeat;
  logic        to_row;
  logic        to_group;

  assign block_end  = (block_left == 13'd1);
  assign kx_end     = block_end && (kx_left == 8'd1);
  assign ky_end     = kx_end && (ky_left == 8'd1);
  assign repeat_end = ky_end && (repeat_left == 2'd1);
  assign ox_end     = (ox_left == 14'd1);
  assign oy_end     = ox_end && (oy_left == 14'd1);
  assign group_end  = oy_end && (group_left == 13'd1);

  // The last step waits until the pixel has taken its least time, so that last steps, also of neighbouring tasks, keep
  // their distance.
  assign step       = running && (!repeat_end || interval_met);
  assign first      = step && !begun;
  assign last       = step && repeat_end;
  assign group_last = last && oy_end;
  assign task_last  = last && group_end;
  assign padding    = (x >= input_width) || (y >= input_height);

  // `elapsed` counts this pixel's cycles, the present one included.
  assign interval_met  = (elapsed >= INTERVAL_WIDTH'(MIN_INTERVAL));
  assign pixel_advance = last;

  assign inner_advance = step && !repeat_end;
  assign to_pixel      = start || pixel_advance;
  assign to_step       = to_pixel || inner_advance;
  assign to_kx         = to_pixel || (inner_advance && block_end);
  assign to_ky         = to_pixel || (inner_advance && kx_end);
  assign to_repeat     = to_pixel || (inner_advance && ky_end);
  assign to_row        = start || (pixel_advance && ox_end);
  assign to_group      = start || (pixel_advance && oy_end);

  assign target   = start         ? head[window_pkg::START_ADDRESS_L +: 20]
                  : pixel_advance ? (!ox_end ? at_pixel + 20'(stride_x) : !oy_end ? at_row + output_row_step : at_group + group_step)
                  : !block_end    ? address + block_step
                  : !kx_end       ? at_kx + 20'(dilation_x)
                  : !ky_end       ? at_ky + kernel_row_step : at_pixel;
  assign target_x = start         ? head[window_pkg::START_X_L +: CW]
                  : pixel_advance ? (ox_end ? start_x : x_pixel + CW'(stride_x))
                  : kx_end        ? x_pixel : x + CW'(dilation_x);
  assign target_y = start         ? head[window_pkg::START_Y_L +: CW]
                  : pixel_advance ? (!ox_end ? y_pixel : oy_end ? start_y : y_pixel + CW'(stride_y))
                  : ky_end        ? y_pixel : y + CW'(dilation_y);
  assign target_weight = start                      ? head[window_pkg::WEIGHT_BASE_L +: 20]
                       : (pixel_advance && !oy_end) ? weight_group : weight_address + 20'd1;

  always_ff @(posedge clk) begin
    if (start) begin
      blocks          <= head[window_pkg::BLOCKS_L +: 13];
      kernel_width    <= head[window_pkg::KERNEL_WIDTH_L +: 8];
      kernel_height   <= head[window_pkg::KERNEL_HEIGHT_L +: 8];
      repeat_count    <= head[window_pkg::REPEAT_L +: 2];
      output_width    <= head[window_pkg::OUTPUT_WIDTH_L +: CW];
      output_height   <= head[window_pkg::OUTPUT_HEIGHT_L +: CW];
      input_width     <= head[window_pkg::INPUT_WIDTH_L +: CW];
      input_height    <= head[window_pkg::INPUT_HEIGHT_L +: CW];
      start_x         <= head[window_pkg::START_X_L +: CW];
      start_y         <= head[window_pkg::START_Y_L +: CW];
      stride_x        <= head[window_pkg::STRIDE_X_L +: 8];
      stride_y        <= head[window_pkg::STRIDE_Y_L +: 8];
      dilation_x      <= head[window_pkg::DILATION_X_L +: 8];
      dilation_y      <= head[window_pkg::DILATION_Y_L +: 8];
      block_step      <= head[window_pkg::BLOCK_STEP_L +: 20];
      kernel_row_step <= head[window_pkg::KERNEL_ROW_STEP_L +: 20];
      output_row_step <= head[window_pkg::OUTPUT_ROW_STEP_L +: 20];
      group_step      <= head[window_pkg::GROUP_STEP_L +: 20];
    end

    if (to_step) begin
      block_left     <= start ? head[window_pkg::BLOCKS_L +: 13] : block_end ? blocks : block_left - 13'd1;
      address        <= target;
      weight_address <= target_weight;
    end
    if (to_kx) begin
      kx_left <= start ? head[window_pkg::KERNEL_WIDTH_L +: 8] : kx_end ? kernel_width : kx_left - 8'd1;
      at_kx   <= target;
      x       <= target_x;
    end
    if (to_ky) begin
      ky_left <= start ? head[window_pkg::KERNEL_HEIGHT_L +: 8] : ky_end ? kernel_height : ky_left - 8'd1;
      at_ky   <= target;
      y       <= target_y;
    end
    if (to_repeat) repeat_left <= start ? head[window_pkg::REPEAT_L +: 2] : repeat_end ? repeat_count : repeat_left - 2'd1;
    if (to_pixel) begin
      ox_left  <= start ? head[window_pkg::OUTPUT_WIDTH_L +: CW] : ox_end ? output_width : ox_left - 14'd1;
      at_pixel <= target;
      x_pixel  <= target_x;
    end
    if (to_row) begin
      oy_left <= start ? head[window_pkg::OUTPUT_HEIGHT_L +: CW] : oy_end ? output_height : oy_left - 14'd1;
      at_row  <= target;
      y_pixel <= target_y;
    end
    if (to_group) begin
      group_left   <= start ? head[window_pkg::GROUPS_L +: 13] : group_left - 13'd1;
      at_group     <= target;
      weight_group <= target_weight;
    end

    if (to_pixel) begin
      begun   <= 1'b0;
      elapsed <= INTERVAL_WIDTH'(1);
    end else begin
      if (inner_advance) begun <= 1'b1;
      if (running && !interval_met) elapsed <= elapsed + 1'b1;
    end

    if (rst) running <= 1'b0;
    else if (start) running <= 1'b1;
    else if (pixel_advance && group_end) running <= 1'b0;
  end
endmodule
`default_nettype wire
