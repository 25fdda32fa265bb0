// Walks the loop nest of a windowed task, one step a cycle. Its fields stand at the same
// places in conv and lane instructions. Loops, inner first: block, kernel column, kernel row, repeat,
// output column, output row, group. A pixel takes max(its steps, MIN_INTERVAL) cycles. Engines differ only in what a step does.
`default_nettype none
module window_sequencer #(
  parameter int MIN_INTERVAL = 1
) (
  input  wire logic        clk,
  input  wire logic        rst,
  input  wire logic        start,
  input  wire logic [instruction_pkg::CONV_BITS-1:0] head,
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
  logic [19:0] next_kx;
  logic [19:0] next_ky;
  logic [19:0] next_pixel;
  logic [19:0] next_row;
  logic [19:0] next_group;

  assign block_end  = (block_left == 13'd1);
  assign kx_end     = block_end && (kx_left == 8'd1);
  assign ky_end     = kx_end && (ky_left == 8'd1);
  assign repeat_end = ky_end && (repeat_left == 2'd1);
  assign ox_end     = (ox_left == 14'd1);
  assign oy_end     = ox_end && (oy_left == 14'd1);
  assign group_end  = oy_end && (group_left == 13'd1);

  // The last step waits until the pixel has taken its least time, so that last steps, also of neighbouring tasks, keep their distance.
  assign step       = running && (!repeat_end || interval_met);
  assign first      = step && !begun;
  assign last       = step && repeat_end;
  assign group_last = last && oy_end;
  assign task_last  = last && group_end;
  assign padding    = (x >= input_width) || (y >= input_height);

  // `elapsed` counts this pixel's cycles, the present one included.
  assign interval_met  = (elapsed >= INTERVAL_WIDTH'(MIN_INTERVAL));
  assign pixel_advance = last;

  assign next_kx    = at_kx + 20'(dilation_x);
  assign next_ky    = at_ky + kernel_row_step;
  assign next_pixel = at_pixel + 20'(stride_x);
  assign next_row   = at_row + output_row_step;
  assign next_group = at_group + group_step;

  always_ff @(posedge clk) begin
    if (start) begin
      blocks          <= head[instruction_pkg::CONV_BLOCKS_L +: instruction_pkg::CONV_BLOCKS_W];
      kernel_width    <= head[instruction_pkg::CONV_KERNEL_WIDTH_L +: instruction_pkg::CONV_KERNEL_WIDTH_W];
      kernel_height   <= head[instruction_pkg::CONV_KERNEL_HEIGHT_L +: instruction_pkg::CONV_KERNEL_HEIGHT_W];
      repeat_count    <= head[instruction_pkg::CONV_REPEAT_L +: instruction_pkg::CONV_REPEAT_W];
      output_width    <= head[instruction_pkg::CONV_OUTPUT_WIDTH_L +: instruction_pkg::CONV_OUTPUT_WIDTH_W];
      output_height   <= head[instruction_pkg::CONV_OUTPUT_HEIGHT_L +: instruction_pkg::CONV_OUTPUT_HEIGHT_W];
      input_width     <= head[instruction_pkg::CONV_INPUT_WIDTH_L +: instruction_pkg::CONV_INPUT_WIDTH_W];
      input_height    <= head[instruction_pkg::CONV_INPUT_HEIGHT_L +: instruction_pkg::CONV_INPUT_HEIGHT_W];
      start_x         <= head[instruction_pkg::CONV_START_X_L +: instruction_pkg::CONV_START_X_W];
      start_y         <= head[instruction_pkg::CONV_START_Y_L +: instruction_pkg::CONV_START_Y_W];
      stride_x        <= head[instruction_pkg::CONV_STRIDE_X_L +: instruction_pkg::CONV_STRIDE_X_W];
      stride_y        <= head[instruction_pkg::CONV_STRIDE_Y_L +: instruction_pkg::CONV_STRIDE_Y_W];
      dilation_x      <= head[instruction_pkg::CONV_DILATION_X_L +: instruction_pkg::CONV_DILATION_X_W];
      dilation_y      <= head[instruction_pkg::CONV_DILATION_Y_L +: instruction_pkg::CONV_DILATION_Y_W];
      block_step      <= head[instruction_pkg::CONV_BLOCK_STEP_L +: instruction_pkg::CONV_BLOCK_STEP_W];
      kernel_row_step <= head[instruction_pkg::CONV_KERNEL_ROW_STEP_L +: instruction_pkg::CONV_KERNEL_ROW_STEP_W];
      output_row_step <= head[instruction_pkg::CONV_OUTPUT_ROW_STEP_L +: instruction_pkg::CONV_OUTPUT_ROW_STEP_W];
      group_step      <= head[instruction_pkg::CONV_GROUP_STEP_L +: instruction_pkg::CONV_GROUP_STEP_W];

      block_left      <= head[instruction_pkg::CONV_BLOCKS_L +: instruction_pkg::CONV_BLOCKS_W];
      kx_left         <= head[instruction_pkg::CONV_KERNEL_WIDTH_L +: instruction_pkg::CONV_KERNEL_WIDTH_W];
      ky_left         <= head[instruction_pkg::CONV_KERNEL_HEIGHT_L +: instruction_pkg::CONV_KERNEL_HEIGHT_W];
      repeat_left     <= head[instruction_pkg::CONV_REPEAT_L +: instruction_pkg::CONV_REPEAT_W];
      ox_left         <= head[instruction_pkg::CONV_OUTPUT_WIDTH_L +: instruction_pkg::CONV_OUTPUT_WIDTH_W];
      oy_left         <= head[instruction_pkg::CONV_OUTPUT_HEIGHT_L +: instruction_pkg::CONV_OUTPUT_HEIGHT_W];
      group_left      <= head[instruction_pkg::CONV_GROUPS_L +: instruction_pkg::CONV_GROUPS_W];
      x               <= head[instruction_pkg::CONV_START_X_L +: instruction_pkg::CONV_START_X_W];
      y               <= head[instruction_pkg::CONV_START_Y_L +: instruction_pkg::CONV_START_Y_W];
      x_pixel         <= head[instruction_pkg::CONV_START_X_L +: instruction_pkg::CONV_START_X_W];
      y_pixel         <= head[instruction_pkg::CONV_START_Y_L +: instruction_pkg::CONV_START_Y_W];
      address         <= head[instruction_pkg::CONV_START_ADDRESS_L +: instruction_pkg::CONV_START_ADDRESS_W];
      at_kx           <= head[instruction_pkg::CONV_START_ADDRESS_L +: instruction_pkg::CONV_START_ADDRESS_W];
      at_ky           <= head[instruction_pkg::CONV_START_ADDRESS_L +: instruction_pkg::CONV_START_ADDRESS_W];
      at_pixel        <= head[instruction_pkg::CONV_START_ADDRESS_L +: instruction_pkg::CONV_START_ADDRESS_W];
      at_row          <= head[instruction_pkg::CONV_START_ADDRESS_L +: instruction_pkg::CONV_START_ADDRESS_W];
      at_group        <= head[instruction_pkg::CONV_START_ADDRESS_L +: instruction_pkg::CONV_START_ADDRESS_W];
      weight_address  <= head[instruction_pkg::CONV_WEIGHT_BASE_L +: instruction_pkg::CONV_WEIGHT_BASE_W];
      weight_group    <= head[instruction_pkg::CONV_WEIGHT_BASE_L +: instruction_pkg::CONV_WEIGHT_BASE_W];
      begun           <= 1'b0;
      elapsed         <= INTERVAL_WIDTH'(1);
    end else begin
      if (step && !repeat_end) begin
        begun          <= 1'b1;
        weight_address <= weight_address + 20'd1;
        if (!block_end) begin
          block_left <= block_left - 13'd1;
          address    <= address + block_step;
        end else begin
          block_left <= blocks;
          if (!kx_end) begin
            kx_left <= kx_left - 8'd1;
            address <= next_kx;
            at_kx   <= next_kx;
            x       <= x + CW'(dilation_x);
          end else begin
            kx_left <= kernel_width;
            x       <= x_pixel;
            if (!ky_end) begin
              ky_left <= ky_left - 8'd1;
              address <= next_ky;
              at_kx   <= next_ky;
              at_ky   <= next_ky;
              y       <= y + CW'(dilation_y);
            end else begin
              ky_left     <= kernel_height;
              repeat_left <= repeat_left - 2'd1;
              address     <= at_pixel;
              at_kx       <= at_pixel;
              at_ky       <= at_pixel;
              y           <= y_pixel;
            end
          end
        end
      end
      if (pixel_advance) begin
        begun       <= 1'b0;
        elapsed     <= INTERVAL_WIDTH'(1);
        block_left  <= blocks;
        kx_left     <= kernel_width;
        ky_left     <= kernel_height;
        repeat_left <= repeat_count;
        if (!ox_end) begin
          ox_left        <= ox_left - 14'd1;
          weight_address <= weight_group;
          address        <= next_pixel;
          at_kx          <= next_pixel;
          at_ky          <= next_pixel;
          at_pixel       <= next_pixel;
          x              <= x_pixel + CW'(stride_x);
          x_pixel        <= x_pixel + CW'(stride_x);
          y              <= y_pixel;
        end else begin
          ox_left <= output_width;
          x       <= start_x;
          x_pixel <= start_x;
          if (!oy_end) begin
            oy_left        <= oy_left - 14'd1;
            weight_address <= weight_group;
            address        <= next_row;
            at_kx          <= next_row;
            at_ky          <= next_row;
            at_pixel       <= next_row;
            at_row         <= next_row;
            y              <= y_pixel + CW'(stride_y);
            y_pixel        <= y_pixel + CW'(stride_y);
          end else begin
            oy_left        <= output_height;
            group_left     <= group_left - 13'd1;
            weight_address <= weight_address + 20'd1;
            weight_group   <= weight_address + 20'd1;
            address        <= next_group;
            at_kx          <= next_group;
            at_ky          <= next_group;
            at_pixel       <= next_group;
            at_row         <= next_group;
            at_group       <= next_group;
            y              <= start_y;
            y_pixel        <= start_y;
          end
        end
      end else if (running && !interval_met) begin
        elapsed <= elapsed + 1'b1;
      end
    end

    if (rst) running <= 1'b0;
    else if (start) running <= 1'b1;
    else if (pixel_advance && group_end) running <= 1'b0;
  end

  // The engines read the other fields.
  logic unused;
  assign unused = ^head;
endmodule
`default_nettype wire
