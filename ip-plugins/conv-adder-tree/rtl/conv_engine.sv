// Adder-tree convolution engine: CHANNEL_BLOCK input channels times OUTPUTS output channels a cycle. Tasks follow each
// other without a gap while their operands are there; two may be in flight. Results leave through REQUANTIZE_LANES
// requantisers.
`default_nettype none
module conv_engine #(
  parameter int CHANNEL_BLOCK = 8,
  parameter int OUTPUTS = 8,
  parameter int REQUANTIZE_DIVIDER = 2,
  parameter int PARTIAL_SUM_DEPTH = 16,
  parameter int PARTIAL_SUM_WIDTH = 4
) (
  input  wire logic        clk,
  input  wire logic        rst,
  input  wire logic [conv_engine_pkg::BITS-1:0] head,
  input  wire logic        ready,
  output logic             pop,
  output logic             done,
  output logic             busy,
  // Buffers: data two cycles after the address.
  output logic [19:0]      activation_address,
  input  wire logic [8*CHANNEL_BLOCK-1:0] activation_data,
  output logic [19:0]      weight_address,
  input  wire logic [8*CHANNEL_BLOCK*OUTPUTS-1:0] weight_data,
  output logic [19:0]      parameter_address,
  input  wire logic [64*(CHANNEL_BLOCK/REQUANTIZE_DIVIDER)-1:0] parameter_data,
  output logic             output_write,
  output logic [19:0]      output_address,
  output logic [8*CHANNEL_BLOCK-1:0] output_data
);
  localparam int LEVELS = (CHANNEL_BLOCK > 1) ? $clog2(CHANNEL_BLOCK) : 1;
  localparam int REQUANTIZE_LANES = CHANNEL_BLOCK / REQUANTIZE_DIVIDER;
  localparam int OUTPUT_BLOCKS = OUTPUTS / CHANNEL_BLOCK;
  localparam int STEPS = OUTPUT_BLOCKS * REQUANTIZE_DIVIDER;
  localparam int STEP_WIDTH = (STEPS > 1) ? $clog2(STEPS) : 1;
  localparam int REQUANTIZE_LATENCY = 11;
  localparam int SELECT_BITS = 32 * REQUANTIZE_LANES;

  initial begin
    if (OUTPUTS % CHANNEL_BLOCK != 0 || 8 % REQUANTIZE_DIVIDER != 0 || (1 << PARTIAL_SUM_WIDTH) < PARTIAL_SUM_DEPTH)
      $error("OUTPUTS must be a multiple of CHANNEL_BLOCK, REQUANTIZE_DIVIDER divide 8");
  end

  // Sequencer and the two tasks in flight.
  logic        running;
  logic        step;
  logic        padding;
  logic        first;
  logic        last;
  logic        unused_group_last; // a conv task is one group
  logic        task_last;
  logic        tag;
  logic        tag_next;
  logic [1:0]  in_flight;
  logic        drained;

  logic [7:0]  padding_value;

  assign drained = (in_flight == 2'd0);
  assign pop     = ready && !running && (head[conv_engine_pkg::ACCUMULATE_IN_L] ? drained : (in_flight != 2'd2));
  assign busy    = running || ready;

  window_sequencer #(.MIN_INTERVAL(STEPS)) u_sequencer (
    .clk, .rst, .start(pop), .head(head[window_pkg::BITS-1:0]), .running, .step, .address(activation_address), .padding, .weight_address,
    .first, .last, .group_last(unused_group_last), .task_last
  );

  always_ff @(posedge clk) begin
    if (pop) begin
      tag           <= tag_next;
      padding_value <= head[conv_engine_pkg::PADDING_VALUE_L +: 8];
    end
    if (rst) begin
      tag_next  <= 1'b0;
      in_flight <= 2'd0;
    end else begin
      if (pop) tag_next <= !tag_next;
      if (pop && !done) in_flight <= in_flight + 2'd1;
      if (!pop && done) in_flight <= in_flight - 2'd1;
    end
  end

  generate
    for (genvar t = 0; t < 2; t++) begin : g_task
      logic        accumulate_in;
      logic        accumulate_out;
      logic [19:0] parameter_base;
      logic [19:0] output_base;
      logic [19:0] plane_stride;
      logic [13:0] partial_base;
      logic [23:0] bounds; // zero point, low, high
      always_ff @(posedge clk) begin
        if (pop && (tag_next == 1'(t))) begin
          accumulate_in  <= head[conv_engine_pkg::ACCUMULATE_IN_L];
          accumulate_out <= head[conv_engine_pkg::ACCUMULATE_OUT_L];
          parameter_base <= head[conv_engine_pkg::PARAMETER_BASE_L +: 20];
          output_base    <= head[conv_engine_pkg::OUTPUT_BASE_L +: 20];
          plane_stride   <= head[conv_engine_pkg::OUTPUT_PLANE_STRIDE_L +: 20];
          partial_base   <= head[conv_engine_pkg::PARTIAL_SUM_BASE_L +: 14];
          bounds         <= {head[conv_engine_pkg::ZERO_POINT_L +: 8], head[conv_engine_pkg::LOW_L +: 8],
                             head[conv_engine_pkg::HIGH_L +: 8]};
        end
      end
    end
  endgenerate

  // Operands: two cycles for the buffers, one for the padding.
  logic       padding_2;
  logic [7:0] padding_value_2;
  logic [8*CHANNEL_BLOCK-1:0] activation_3;

  delay_line #(.WIDTH(9), .STAGES(2)) u_padding (.clk, .in({padding, padding_value}), .out({padding_2, padding_value_2}));

  always_ff @(posedge clk) activation_3 <= padding_2 ? {CHANNEL_BLOCK{padding_value_2}} : activation_data;

  // Flags: step, first, last, task_last, tag, in time for the partial-sum read (2 + LEVELS), the accumulator (4 +
  // LEVELS) and the result (5 + LEVELS).
  logic read_step;
  logic read_last;
  logic read_task_last;
  logic read_tag;
  logic read_first;
  logic sum_step;
  logic sum_first;
  logic sum_last;
  logic sum_task_last;
  logic sum_tag;
  logic result_last;
  logic result_task_last;
  logic result_tag;

  delay_line_reset #(.WIDTH(5), .STAGES(2 + LEVELS)) u_read (
    .clk, .rst, .in({step, first, last, task_last, tag}), .out({read_step, read_first, read_last, read_task_last, read_tag})
  );
  delay_line_reset #(.WIDTH(5), .STAGES(2)) u_sum (
    .clk, .rst, .in({read_step, read_first, read_last, read_task_last, read_tag}), .out({sum_step, sum_first, sum_last, sum_task_last, sum_tag})
  );
  delay_line_reset #(.WIDTH(3), .STAGES(1)) u_result (
    .clk, .rst, .in({sum_last, sum_task_last, sum_tag}), .out({result_last, result_task_last, result_tag})
  );

  // Partial sums, one row per pixel.
  logic [13:0]           partial_read_pixel;
  logic [13:0]           partial_write_pixel;
  logic [32*OUTPUTS-1:0] partial_data;
  logic [32*OUTPUTS-1:0] results;
  logic [13:0]           partial_read_address;
  logic [13:0]           partial_write_address;
  logic                  partial_write;

  assign partial_read_address = (read_tag ? g_task[1].partial_base : g_task[0].partial_base) + partial_read_pixel;

  sync_ram_1r1w #(.WIDTH(32 * OUTPUTS), .DEPTH(PARTIAL_SUM_DEPTH), .ADDRESS_WIDTH(PARTIAL_SUM_WIDTH)) u_partial (
    .clk, .write_enable(partial_write), .write_address(partial_write_address[PARTIAL_SUM_WIDTH-1:0]), .write_data(results),
    .read_address(partial_read_address[PARTIAL_SUM_WIDTH-1:0]), .read_data(partial_data)
  );

  always_ff @(posedge clk) begin
    if (rst) partial_read_pixel <= '0;
    else if (read_last) partial_read_pixel <= read_task_last ? '0 : partial_read_pixel + 14'd1;
  end

  logic resume_sum;
  assign resume_sum = sum_tag ? g_task[1].accumulate_in : g_task[0].accumulate_in;

  generate
    for (genvar k = 0; k < OUTPUTS; k++) begin : g_output
      logic signed [31:0] result;
      dot_lane #(.CHANNELS(CHANNEL_BLOCK), .LEVELS(LEVELS)) u_lane (
        .clk,
        .activation(activation_3),
        .weight(weight_data[8*CHANNEL_BLOCK*k +: 8*CHANNEL_BLOCK]),
        .accumulate(sum_step),
        .restart(sum_first),
        .resume_sum,
        .initial_value(partial_data[32*k +: 32]),
        .capture(result_last),
        .result
      );
      assign results[32*k +: 32] = result;
    end
  endgenerate

  logic                    draining;
  logic                    draining_first;
  logic                    draining_task_last;
  logic                    draining_tag;
  logic                    drain_end;
  logic                    part_end;
  logic                    unused_draining_group_last;
  logic [STEP_WIDTH-1:0]   drain_step;
  logic [SELECT_BITS-1:0]  parts [0:STEPS-1];
  logic [SELECT_BITS-1:0]  selected;
  logic [SELECT_BITS-1:0]  selected_2;
  logic [23:0]             bounds;
  logic [23:0]             bounds_2;

  // A conv task is one group.
  result_drain #(.STEPS(STEPS), .PARTS(REQUANTIZE_DIVIDER), .STEP_WIDTH(STEP_WIDTH)) u_drain (
    .clk, .rst, .result_last, .result_group_last(result_task_last), .result_task_last, .result_tag, .draining,
    .step(drain_step), .part_end, .drain_end, .group_last(unused_draining_group_last), .task_last(draining_task_last),
    .tag(draining_tag)
  );

  assign draining_first    = draining && (drain_step == '0);
  assign selected          = parts[drain_step];
  assign parameter_address = (draining_tag ? g_task[1].parameter_base : g_task[0].parameter_base) + 20'(drain_step);
  assign bounds            = draining_tag ? g_task[1].bounds : g_task[0].bounds;
  assign partial_write     = draining_first && (draining_tag ? g_task[1].accumulate_out : g_task[0].accumulate_out);
  assign partial_write_address = (draining_tag ? g_task[1].partial_base : g_task[0].partial_base) + partial_write_pixel;

  generate
    for (genvar s = 0; s < STEPS; s++) begin : g_part
      assign parts[s] = results[SELECT_BITS*s +: SELECT_BITS];
    end
  endgenerate

  always_ff @(posedge clk) begin
    if (rst) partial_write_pixel <= '0;
    else if (draining_first) partial_write_pixel <= draining_task_last ? '0 : partial_write_pixel + 14'd1;
  end

  delay_line #(.WIDTH(SELECT_BITS + 24), .STAGES(2)) u_selected (
    .clk, .in({selected, bounds}), .out({selected_2, bounds_2})
  );

  logic [8*REQUANTIZE_LANES-1:0] requantized;
  generate
    for (genvar r = 0; r < REQUANTIZE_LANES; r++) begin : g_requantize
      logic [7:0] value;
      requantize_f32 u_requantize (
        .clk,
        .accumulator(selected_2[32*r +: 32]),
        .bias(parameter_data[64*r +: 32]),
        .scale(parameter_data[64*r + 32 +: 32]),
        .zero_point(bounds_2[23:16]), .low(bounds_2[15:8]), .high(bounds_2[7:0]),
        .result(value)
      );
      assign requantized[8*r +: 8] = value;
    end
  endgenerate

  logic out_valid;
  logic out_part_end;
  logic out_step_end;
  logic out_task_last;
  logic out_tag;

  delay_line_reset #(.WIDTH(5), .STAGES(REQUANTIZE_LATENCY + 2)) u_out (
    .clk, .rst,
    .in({draining, draining && part_end, draining && drain_end, draining_task_last, draining_tag}),
    .out({out_valid, out_part_end, out_step_end, out_task_last, out_tag})
  );

  result_writer #(.WORD_BITS(8*CHANNEL_BLOCK), .PART_BITS(8*REQUANTIZE_LANES)) u_writer (
    .clk, .rst, .valid(out_valid), .part(requantized), .part_end(out_part_end), .step_end(out_step_end),
    .group_last(out_task_last), .task_last(out_task_last),
    .base(out_tag ? g_task[1].output_base : g_task[0].output_base),
    .plane_stride(out_tag ? g_task[1].plane_stride : g_task[0].plane_stride),
    .discard(out_tag ? g_task[1].accumulate_out : g_task[0].accumulate_out),
    .write(output_write), .address(output_address), .data(output_data), .done
  );

  // The partial-sum memory is smaller than its address fields.
  logic unused;
  assign unused = ^{partial_read_address, partial_write_address};
endmodule
`default_nettype wire
