// Lane engine: depthwise convolution, pooling, element-wise addition and table look-up on LANE_BLOCKS channel blocks
// side by side. Tasks follow each other without a gap while their operands are there; two may be in flight.
`default_nettype none
module lane_engine #(
  parameter int CHANNEL_BLOCK = 8,
  parameter int LANE_BLOCKS = 1,
  parameter int MULTIPLY = 1,
  parameter int REQUANTIZE_DIVIDER = 2
) (
  input  wire logic        clk,
  input  wire logic        rst,
  input  wire logic [lane_engine_pkg::BITS-1:0] head,
  input  wire logic        ready,
  output logic             pop,
  output logic             done,
  output logic             busy,
  // Buffers: data two cycles after the address.
  output logic [19:0]      input_address,
  input  wire logic [8*CHANNEL_BLOCK*LANE_BLOCKS-1:0] input_data,
  output logic [19:0]      weight_address,
  input  wire logic [8*CHANNEL_BLOCK*LANE_BLOCKS-1:0] weight_data,
  output logic [19:0]      parameter_address,
  input  wire logic [64*(CHANNEL_BLOCK/REQUANTIZE_DIVIDER)-1:0] parameter_data,
  // One table per requantiser; the slot is the top bit.
  output logic [9*(CHANNEL_BLOCK/REQUANTIZE_DIVIDER)-1:0] table_address,
  input  wire logic [32*(CHANNEL_BLOCK/REQUANTIZE_DIVIDER)-1:0] table_data,
  output logic             output_write,
  output logic [19:0]      output_address,
  output logic [8*CHANNEL_BLOCK-1:0] output_data
);
  localparam int LANES = CHANNEL_BLOCK * LANE_BLOCKS;
  localparam int REQUANTIZE_LANES = CHANNEL_BLOCK / REQUANTIZE_DIVIDER;
  localparam int STEPS = LANE_BLOCKS * REQUANTIZE_DIVIDER;
  localparam int STEP_WIDTH = (STEPS > 1) ? $clog2(STEPS) : 1;
  localparam int REQUANTIZE_LATENCY = 11;
  localparam int SELECT_BITS = 32 * REQUANTIZE_LANES;
  // Result, table, multiplier, shift, zero point, low, high.
  localparam int CONTEXT_BITS = 2 + 1 + 26 + 5 + 24;

  initial begin
    if (LANE_BLOCKS < 1 || 8 % REQUANTIZE_DIVIDER != 0 || (MULTIPLY != 0 && MULTIPLY != 1))
      $error("REQUANTIZE_DIVIDER must divide 8");
  end

  logic        running;
  logic        step;
  logic        padding;
  logic        first;
  logic        last;
  logic        group_last;
  logic        task_last;
  logic        tag;
  logic        tag_next;
  logic [1:0]  in_flight;
  logic [1:0]  operation;
  logic [7:0]  padding_value;

  assign pop  = ready && !running && (in_flight != 2'd2);
  assign busy = running || ready;

  window_sequencer #(.MIN_INTERVAL(STEPS)) u_sequencer (
    .clk, .rst, .start(pop), .head(head[window_pkg::BITS-1:0]), .running, .step, .address(input_address), .padding, .weight_address,
    .first, .last, .group_last, .task_last
  );

  always_ff @(posedge clk) begin
    if (pop) begin
      tag           <= tag_next;
      operation     <= head[lane_engine_pkg::OPERATION_L +: 2];
      padding_value <= head[lane_engine_pkg::PADDING_VALUE_L +: 8];
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
      logic [19:0] parameter_base;
      logic [19:0] output_base;
      logic [19:0] plane_stride;
      logic [CONTEXT_BITS-1:0] result_context;
      always_ff @(posedge clk) begin
        if (pop && (tag_next == 1'(t))) begin
          parameter_base <= head[lane_engine_pkg::PARAMETER_BASE_L +: 20];
          output_base    <= head[lane_engine_pkg::OUTPUT_BASE_L +: 20];
          plane_stride   <= head[lane_engine_pkg::OUTPUT_PLANE_STRIDE_L +: 20];
          result_context <= {
            head[lane_engine_pkg::RESULT_L +: 2], head[lane_engine_pkg::TABLE_L], head[lane_engine_pkg::MULTIPLIER_L +: 26],
            head[lane_engine_pkg::SHIFT_L +: 5], head[lane_engine_pkg::ZERO_POINT_L +: 8], head[lane_engine_pkg::LOW_L +: 8],
            head[lane_engine_pkg::HIGH_L +: 8]};
        end
      end
    end
  endgenerate

  // Operands: two cycles for the buffers, one for the padding.
  logic       padding_2;
  logic [7:0] padding_value_2;
  logic [1:0] operation_2;
  logic [1:0] operation_3;
  logic [8*LANES-1:0] operand_3;
  logic [8*LANES-1:0] weight_3;

  delay_line #(.WIDTH(11), .STAGES(2)) u_padding (
    .clk, .in({padding, padding_value, operation}), .out({padding_2, padding_value_2, operation_2})
  );

  always_ff @(posedge clk) begin
    operand_3   <= padding_2 ? {LANES{padding_value_2}} : input_data;
    weight_3    <= (operation_2 == lane_engine_pkg::OPERATION_MULTIPLY) ? weight_data : {LANES{8'd1}};
    operation_3 <= operation_2;
  end

  logic sum_step;
  logic sum_first;
  logic sum_last;
  logic sum_group_last;
  logic sum_task_last;
  logic sum_tag;
  logic result_last;
  logic result_group_last;
  logic result_task_last;
  logic result_tag;

  delay_line_reset #(.WIDTH(6), .STAGES(4)) u_sum (
    .clk, .rst, .in({step, first, last, group_last, task_last, tag}),
    .out({sum_step, sum_first, sum_last, sum_group_last, sum_task_last, sum_tag})
  );
  delay_line_reset #(.WIDTH(4), .STAGES(1)) u_result (
    .clk, .rst, .in({sum_last, sum_group_last, sum_task_last, sum_tag}), .out({result_last, result_group_last, result_task_last, result_tag})
  );

  logic [32*LANES-1:0] results;
  generate
    for (genvar l = 0; l < LANES; l++) begin : g_lane
      logic signed [31:0] result;
      lane_accumulator #(.MULTIPLY(MULTIPLY)) u_lane (
        .clk, .operand(operand_3[8*l +: 8]), .weight(weight_3[8*l +: 8]), .operation(operation_3),
        .accumulate(sum_step), .restart(sum_first), .capture(result_last), .result
      );
      assign results[32*l +: 32] = result;
    end
  endgenerate

  logic                     draining;
  logic                     draining_group_last;
  logic                     draining_task_last;
  logic                     draining_tag;
  logic [STEP_WIDTH-1:0]    drain_step;
  logic                     drain_end;
  logic                     part_end;
  logic [19:0]              parameter_group;
  logic [SELECT_BITS-1:0]   parts [0:STEPS-1];
  logic [SELECT_BITS-1:0]   selected;
  logic [SELECT_BITS-1:0]   selected_2;
  logic [CONTEXT_BITS-1:0]  drain_context;
  logic [1:0]               mode_2;
  logic                     table_2;
  logic [25:0]              multiplier_2;
  logic [4:0]               shift_2;
  logic [7:0]               zero_point_2;
  logic [7:0]               low_2;
  logic [7:0]               high_2;
  logic [1:0]               mode_out;

  result_drain #(.STEPS(STEPS), .PARTS(REQUANTIZE_DIVIDER), .STEP_WIDTH(STEP_WIDTH)) u_drain (
    .clk, .rst, .result_last, .result_group_last, .result_task_last, .result_tag, .draining, .step(drain_step),
    .part_end, .drain_end, .group_last(draining_group_last), .task_last(draining_task_last), .tag(draining_tag)
  );

  assign selected          = parts[drain_step];
  assign drain_context     = draining_tag ? g_task[1].result_context : g_task[0].result_context;
  assign parameter_address = (draining_tag ? g_task[1].parameter_base : g_task[0].parameter_base) + parameter_group
                           + 20'(drain_step);

  generate
    for (genvar s = 0; s < STEPS; s++) begin : g_part
      assign parts[s] = results[SELECT_BITS*s +: SELECT_BITS];
    end
  endgenerate

  always_ff @(posedge clk) begin
    if (rst) parameter_group <= '0;
    else if (draining && drain_end && draining_group_last)
      parameter_group <= draining_task_last ? '0 : parameter_group + 20'(STEPS);
  end

  delay_line #(.WIDTH(SELECT_BITS + CONTEXT_BITS), .STAGES(2)) u_selected (
    .clk, .in({selected, drain_context}),
    .out({selected_2, mode_2, table_2, multiplier_2, shift_2, zero_point_2, low_2, high_2})
  );
  delay_line #(.WIDTH(2), .STAGES(REQUANTIZE_LATENCY)) u_mode (.clk, .in(mode_2), .out(mode_out));

  logic unused_table;
  assign unused_table = table_2;

  logic [8*REQUANTIZE_LANES-1:0] finished;
  generate
    for (genvar r = 0; r < REQUANTIZE_LANES; r++) begin : g_result
      logic [31:0] value;
      logic [7:0]  requantized;
      logic [7:0]  tabled;
      logic        fits;
      logic [7:0]  clamped;
      logic [7:0]  passed;

      assign value = selected_2[32*r +: 32];
      assign table_address[9*r +: 9] = {drain_context[CONTEXT_BITS-3], selected[32*r +: 8]};
      assign fits    = (value[31:7] == {25{value[31]}});
      assign clamped = !fits                                   ? (value[31] ? low_2 : high_2)
                     : ($signed(value[7:0]) < $signed(low_2))  ? low_2
                     : ($signed(value[7:0]) > $signed(high_2)) ? high_2 : value[7:0];

      requantize_f32 u_requantize (
        .clk, .accumulator(value), .bias(parameter_data[64*r +: 32]), .scale(parameter_data[64*r + 32 +: 32]),
        .zero_point(zero_point_2), .low(low_2), .high(high_2), .result(requantized)
      );
      table_add u_table (
        .clk, .a(value[15:8]), .multiplier(multiplier_2), .entry(table_data[32*r +: 32]), .shift(shift_2),
        .low(low_2), .high(high_2), .result(tabled)
      );
      delay_line #(.WIDTH(8), .STAGES(REQUANTIZE_LATENCY)) u_pass (.clk, .in(clamped), .out(passed));

      assign finished[8*r +: 8] = (mode_out == lane_engine_pkg::RESULT_REQUANTIZE) ? requantized
                                : (mode_out == lane_engine_pkg::RESULT_PASS)       ? passed : tabled;
    end
  endgenerate

  logic out_valid;
  logic out_part_end;
  logic out_step_end;
  logic out_group_last;
  logic out_task_last;
  logic out_tag;

  delay_line_reset #(.WIDTH(6), .STAGES(REQUANTIZE_LATENCY + 2)) u_out (
    .clk, .rst,
    .in({draining, draining && part_end, draining && drain_end, draining_group_last, draining_task_last, draining_tag}),
    .out({out_valid, out_part_end, out_step_end, out_group_last, out_task_last, out_tag})
  );

  result_writer #(.WORD_BITS(8*CHANNEL_BLOCK), .PART_BITS(8*REQUANTIZE_LANES)) u_writer (
    .clk, .rst, .valid(out_valid), .part(finished), .part_end(out_part_end), .step_end(out_step_end),
    .group_last(out_group_last), .task_last(out_task_last),
    .base(out_tag ? g_task[1].output_base : g_task[0].output_base),
    .plane_stride(out_tag ? g_task[1].plane_stride : g_task[0].plane_stride),
    .discard(1'b0), .write(output_write), .address(output_address), .data(output_data), .done
  );
endmodule
`default_nettype wire
