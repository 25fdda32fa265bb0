// Random windows: every step against the loop nest, and the cycles of a pixel against max(its steps, MIN_INTERVAL).
`default_nettype none
module window_sequencer_bench #(
  parameter MIN_INTERVAL = 1
);
  localparam TASKS = 150;

  reg                       clk = 0;
  reg                       rst = 1;
  reg                       start = 0;
  reg  [window_pkg::BITS-1:0] head = 0;
  wire                      running;
  wire                      step;
  wire [19:0]               address;
  wire                      padding;
  wire [19:0]               weight_address;
  wire                      first;
  wire                      last;
  wire                      group_last;
  wire                      task_last;

  window_sequencer #(.MIN_INTERVAL(MIN_INTERVAL)) dut (
    .clk(clk), .rst(rst), .start(start), .head(head), .running(running), .step(step), .address(address),
    .padding(padding), .weight_address(weight_address), .first(first), .last(last), .group_last(group_last),
    .task_last(task_last)
  );

  integer seed, number, passed, ignored, cycles, expected_cycles, steps;
  integer blocks, kernel_width, kernel_height, repeats, output_width, output_height, groups;
  integer input_width, input_height, start_x, start_y, stride_x, stride_y, dilation_x, dilation_y;
  integer start_address, block_step, kernel_row_step, output_row_step, group_step, weight_base;
  integer g, oy, ox, r, ky, kx, b, x, y, weight, group_weight;
  reg [19:0] expected_address;
  reg [19:0] expected_weight;
  reg expected_padding, is_first, is_last, is_group_last, is_task_last;

  task tick;
    begin
      #1 clk = 1;
      #1 clk = 0;
      #1;
    end
  endtask

  task draw;
    begin
      blocks = 1 + $urandom(seed) % 4;
      kernel_width = 1 + $urandom(seed) % 4;
      kernel_height = 1 + $urandom(seed) % 3;
      repeats = 1 + $urandom(seed) % 3;
      output_width = 1 + $urandom(seed) % 5;
      output_height = 1 + $urandom(seed) % 4;
      groups = 1 + $urandom(seed) % 3;
      input_width = 1 + $urandom(seed) % 12;
      input_height = 1 + $urandom(seed) % 12;
      start_x = $urandom(seed) % 4 - 3;
      start_y = $urandom(seed) % 4 - 3;
      stride_x = 1 + $urandom(seed) % 3;
      stride_y = 1 + $urandom(seed) % 3;
      dilation_x = 1 + $urandom(seed) % 3;
      dilation_y = 1 + $urandom(seed) % 3;
      start_address = $urandom(seed) % 1048576;
      // As an emitter works them out: from the step before to the next loop's.
      block_step = 1 + $urandom(seed) % 100;
      kernel_row_step = $urandom(seed) % 1000;
      output_row_step = $urandom(seed) % 1000;
      group_step = $urandom(seed) % 5000;
      weight_base = $urandom(seed) % 1000;
      head[window_pkg::BLOCKS_L +: window_pkg::BLOCKS_W] = blocks;
      head[window_pkg::KERNEL_WIDTH_L +: window_pkg::KERNEL_WIDTH_W] = kernel_width;
      head[window_pkg::KERNEL_HEIGHT_L +: window_pkg::KERNEL_HEIGHT_W] = kernel_height;
      head[window_pkg::REPEAT_L +: window_pkg::REPEAT_W] = repeats;
      head[window_pkg::OUTPUT_WIDTH_L +: window_pkg::OUTPUT_WIDTH_W] = output_width;
      head[window_pkg::OUTPUT_HEIGHT_L +: window_pkg::OUTPUT_HEIGHT_W] = output_height;
      head[window_pkg::GROUPS_L +: window_pkg::GROUPS_W] = groups;
      head[window_pkg::INPUT_WIDTH_L +: window_pkg::INPUT_WIDTH_W] = input_width;
      head[window_pkg::INPUT_HEIGHT_L +: window_pkg::INPUT_HEIGHT_W] = input_height;
      head[window_pkg::START_X_L +: window_pkg::START_X_W] = start_x;
      head[window_pkg::START_Y_L +: window_pkg::START_Y_W] = start_y;
      head[window_pkg::STRIDE_X_L +: window_pkg::STRIDE_X_W] = stride_x;
      head[window_pkg::STRIDE_Y_L +: window_pkg::STRIDE_Y_W] = stride_y;
      head[window_pkg::DILATION_X_L +: window_pkg::DILATION_X_W] = dilation_x;
      head[window_pkg::DILATION_Y_L +: window_pkg::DILATION_Y_W] = dilation_y;
      head[window_pkg::START_ADDRESS_L +: window_pkg::START_ADDRESS_W] = start_address;
      head[window_pkg::BLOCK_STEP_L +: window_pkg::BLOCK_STEP_W] = block_step;
      head[window_pkg::KERNEL_ROW_STEP_L +: window_pkg::KERNEL_ROW_STEP_W] = kernel_row_step;
      head[window_pkg::OUTPUT_ROW_STEP_L +: window_pkg::OUTPUT_ROW_STEP_W] = output_row_step;
      head[window_pkg::GROUP_STEP_L +: window_pkg::GROUP_STEP_W] = group_step;
      head[window_pkg::WEIGHT_BASE_L +: window_pkg::WEIGHT_BASE_W] = weight_base;
    end
  endtask

  initial begin
    ignored = $value$plusargs("seed=%d", seed);
    passed = 0;
    tick;
    tick;
    rst = 0;
    for (number = 0; number < TASKS; number = number + 1) begin
      draw;
      start = 1;
      tick;
      start = 0;
      steps = blocks * kernel_width * kernel_height * repeats;
      cycles = 0;
      group_weight = weight_base;
      for (g = 0; g < groups; g = g + 1) begin
        for (oy = 0; oy < output_height; oy = oy + 1)
          for (ox = 0; ox < output_width; ox = ox + 1) begin
            weight = group_weight;
            for (r = 0; r < repeats; r = r + 1)
              for (ky = 0; ky < kernel_height; ky = ky + 1)
                for (kx = 0; kx < kernel_width; kx = kx + 1)
                  for (b = 0; b < blocks; b = b + 1) begin
                    is_last = weight == group_weight + steps - 1;
                    is_first = weight == group_weight;
                    is_group_last = is_last && ox == output_width - 1 && oy == output_height - 1;
                    is_task_last = is_group_last && g == groups - 1;
                    x = start_x + ox * stride_x + kx * dilation_x;
                    y = start_y + oy * stride_y + ky * dilation_y;
                    expected_padding = x < 0 || x >= input_width || y < 0 || y >= input_height;
                    expected_address = start_address + g * group_step + oy * output_row_step + ox * stride_x;
                    // Rows and columns of the window start from the pixel; blocks are the innermost step.
                    expected_address = expected_address + ky * kernel_row_step + kx * dilation_x + b * block_step;
                    expected_weight = weight;
                    // A step that the least time of a pixel holds back.
                    while (is_last && cycles % MIN_INTERVAL != MIN_INTERVAL - 1 && steps < MIN_INTERVAL) begin
                      if (step !== 0 || running !== 1) begin
                        $display("FAIL task %0d: a pixel ended %0d cycles early", number, MIN_INTERVAL - 1 - cycles % MIN_INTERVAL);
                        $finish;
                      end
                      tick;
                      cycles = cycles + 1;
                    end
                    if (step !== 1 || first !== is_first || last !== is_last || group_last !== is_group_last ||
                        task_last !== is_task_last) begin
                      $display("FAIL task %0d, step %0d: step %b first %b last %b group_last %b task_last %b", number,
                               passed, step, first, last, group_last, task_last);
                      $finish;
                    end
                    if (address !== expected_address || weight_address !== expected_weight || padding !== expected_padding) begin
                      $display("FAIL task %0d, step %0d: address %0h weight %0h padding %b where %0h %0h %b are next", number,
                               passed, address, weight_address, padding, expected_address, expected_weight, expected_padding);
                      $finish;
                    end
                    tick;
                    cycles = cycles + 1;
                    passed = passed + 1;
                    weight = weight + 1;
                  end
          end
        group_weight = group_weight + steps;
      end
      expected_cycles = groups * output_height * output_width * (steps > MIN_INTERVAL ? steps : MIN_INTERVAL);
      if (cycles != expected_cycles || running !== 0) begin
        $display("FAIL task %0d took %0d cycles where %0d are right, running %b", number, cycles, expected_cycles, running);
        $finish;
      end
    end
    $display("PASS %0d", passed);
    $finish;
  end
endmodule
`default_nettype wire
