// accel_shared: convolution engine, lane engine, load and store unit, driven by a program in memory. docs/accel-shared.md says how.
`default_nettype none
module accel_shared #(
  parameter int CHANNEL_BLOCK = 8,
  parameter int OUTPUTS = 8,
  parameter int BUS_BYTES = 4,
  parameter int LANE_BLOCKS = 1,
  parameter int LANE_MULTIPLY = 1,
  parameter int CONV_DIVIDER = 2,
  parameter int LANE_DIVIDER = 2,
  parameter int ACTIVATION_DEPTH = 1024,
  parameter int WEIGHT_DEPTH = 256,
  parameter int CONV_PARAMETER_DEPTH = 64,
  parameter int PARTIAL_SUM_DEPTH = 16,
  parameter int CONV_OUTPUT_DEPTH = 1024,
  parameter int LANE_INPUT_DEPTH = 1024,
  parameter int LANE_WEIGHT_DEPTH = 64,
  parameter int LANE_PARAMETER_DEPTH = 64,
  parameter int LANE_OUTPUT_DEPTH = 1024,
  parameter int BURST_BEATS = 64,
  parameter int OUTSTANDING_READS = 8,
  parameter int QUEUE_DEPTH = 4,
  parameter int PROGRAM_BLOCK = 32,
  parameter int RECORD_LAYERS = 64
) (
  input  wire logic                   clk,
  input  wire logic                   rst,
  input  wire logic [15:0]            s_axil_awaddr,
  input  wire logic                   s_axil_awvalid,
  output logic                        s_axil_awready,
  input  wire logic [31:0]            s_axil_wdata,
  input  wire logic [3:0]             s_axil_wstrb,
  input  wire logic                   s_axil_wvalid,
  output logic                        s_axil_wready,
  output logic [1:0]                  s_axil_bresp,
  output logic                        s_axil_bvalid,
  input  wire logic                   s_axil_bready,
  input  wire logic [15:0]            s_axil_araddr,
  input  wire logic                   s_axil_arvalid,
  output logic                        s_axil_arready,
  output logic [31:0]                 s_axil_rdata,
  output logic [1:0]                  s_axil_rresp,
  output logic                        s_axil_rvalid,
  input  wire logic                   s_axil_rready,
  output logic [31:0]                 m_axi_araddr,
  output logic [7:0]                  m_axi_arlen,
  output logic [2:0]                  m_axi_arsize,
  output logic [1:0]                  m_axi_arburst,
  output logic                        m_axi_arvalid,
  input  wire logic                   m_axi_arready,
  input  wire logic [8*BUS_BYTES-1:0] m_axi_rdata,
  input  wire logic [1:0]             m_axi_rresp,
  input  wire logic                   m_axi_rlast,
  input  wire logic                   m_axi_rvalid,
  output logic                        m_axi_rready,
  output logic [31:0]                 m_axi_awaddr,
  output logic [7:0]                  m_axi_awlen,
  output logic [2:0]                  m_axi_awsize,
  output logic [1:0]                  m_axi_awburst,
  output logic                        m_axi_awvalid,
  input  wire logic                   m_axi_awready,
  output logic [8*BUS_BYTES-1:0]      m_axi_wdata,
  output logic [BUS_BYTES-1:0]        m_axi_wstrb,
  output logic                        m_axi_wlast,
  output logic                        m_axi_wvalid,
  input  wire logic                   m_axi_wready,
  input  wire logic [1:0]             m_axi_bresp,
  input  wire logic                   m_axi_bvalid,
  output logic                        m_axi_bready,
  output logic                        irq
);
  localparam int WORD = 8 * CHANNEL_BLOCK;
  localparam int CONV_LANES = CHANNEL_BLOCK / CONV_DIVIDER;
  localparam int LANE_LANES = CHANNEL_BLOCK / LANE_DIVIDER;
  localparam int CONV_PARAMETER_BANKS = 8 / CONV_DIVIDER;
  localparam int LANE_PARAMETER_BANKS = 8 / LANE_DIVIDER;
  localparam int BANKS_A = (OUTPUTS > 8) ? OUTPUTS : 8;
  localparam int BANK_WIDTH = $clog2(BANKS_A + 1);
  localparam int INSTRUCTION_WORDS = (64 + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK;
  localparam int PROGRAM_WORDS = 2 * PROGRAM_BLOCK * INSTRUCTION_WORDS;
  localparam int PROGRAM_WIDTH = $clog2(PROGRAM_WORDS);
  localparam int RECORD_ADDRESS_WIDTH = $clog2(RECORD_LAYERS * 16);
  localparam int ACTIVATION_WIDTH = $clog2(ACTIVATION_DEPTH);
  localparam int WEIGHT_WIDTH = $clog2(WEIGHT_DEPTH);
  localparam int CONV_PARAMETER_WIDTH = $clog2(CONV_PARAMETER_DEPTH);
  localparam int CONV_OUTPUT_WIDTH = $clog2(CONV_OUTPUT_DEPTH);
  localparam int LANE_INPUT_WIDTH = $clog2(LANE_INPUT_DEPTH);
  localparam int LANE_WEIGHT_WIDTH = $clog2(LANE_WEIGHT_DEPTH);
  localparam int LANE_PARAMETER_WIDTH = $clog2(LANE_PARAMETER_DEPTH);
  localparam int LANE_OUTPUT_WIDTH = $clog2(LANE_OUTPUT_DEPTH);
  localparam int PARTIAL_SUM_WIDTH = (PARTIAL_SUM_DEPTH > 1) ? $clog2(PARTIAL_SUM_DEPTH) : 1;

  initial begin
    if ((CHANNEL_BLOCK % 4) != 0 || CHANNEL_BLOCK > 32) $error("CHANNEL_BLOCK must be a multiple of 4, at most 32");
    if ((OUTPUTS % CHANNEL_BLOCK) != 0) $error("OUTPUTS must be a multiple of CHANNEL_BLOCK");
    if ((CHANNEL_BLOCK % BUS_BYTES) != 0) $error("BUS_BYTES must divide CHANNEL_BLOCK");
    if (BURST_BEATS * BUS_BYTES > 4096 || BURST_BEATS > 256) $error("a burst must not exceed 256 beats and 4096 bytes");
    if ((CHANNEL_BLOCK % CONV_DIVIDER) != 0 || (CHANNEL_BLOCK % LANE_DIVIDER) != 0) $error("the requantise dividers must divide CHANNEL_BLOCK");
  end

  // Control.
  logic        start;
  logic [31:0] program_address;
  logic        dispatching;
  logic        finished_all;
  logic [31:0] cycles;
  logic [383:0] counters;
  logic [RECORD_ADDRESS_WIDTH-1:0] record_address;
  logic [31:0] record_data;
  logic        program_loaded;
  logic        units_idle;
  logic [PROGRAM_WIDTH-1:0] program_read_address;
  logic [WORD-1:0] program_read_data;
  logic [instruction_pkg::INSTRUCTION_BITS-1:0] instruction;
  logic [3:0]  push;
  logic        push_first;
  logic [3:0]  full;
  logic [3:0]  empty;
  logic [3:0]  ready;
  logic [3:0]  waits_input;
  logic [3:0]  waits_output;
  logic [3:0]  pop;
  logic [3:0]  done;
  logic [3:0]  busy;
  logic [63:0] finished;
  logic        layer_done;
  logic [instruction_pkg::HEADER_LAYER_W-1:0] done_layer;
  logic [3:0]  idle;
  logic        first_pending;

  assign irq           = finished_all;
  assign m_axi_arsize  = 3'($clog2(BUS_BYTES));
  assign m_axi_awsize  = 3'($clog2(BUS_BYTES));
  assign m_axi_arburst = 2'b01;
  assign m_axi_awburst = 2'b01;
  assign m_axi_wstrb   = '1;

  axil_registers #(.RECORD_ADDRESS_WIDTH(RECORD_ADDRESS_WIDTH)) u_registers (
    .clk, .rst, .s_axil_awaddr, .s_axil_awvalid, .s_axil_awready, .s_axil_wdata, .s_axil_wstrb, .s_axil_wvalid, .s_axil_wready,
    .s_axil_bresp, .s_axil_bvalid, .s_axil_bready, .s_axil_araddr, .s_axil_arvalid, .s_axil_arready, .s_axil_rdata, .s_axil_rresp,
    .s_axil_rvalid, .s_axil_rready, .start, .program_address, .busy(dispatching), .done(finished_all), .cycles, .counters,
    .record_address, .record_data
  );

  layer_recorder #(
    .LAYER_WIDTH(instruction_pkg::HEADER_LAYER_W), .RECORD_LAYERS(RECORD_LAYERS), .RECORD_ADDRESS_WIDTH(RECORD_ADDRESS_WIDTH)
  ) u_recorder (
    .clk, .rst, .start, .running(dispatching), .busy, .waits_input, .waits_output, .layer_done, .layer(done_layer), .cycles, .counters,
    .read_address(record_address), .read_data(record_data)
  );

  dispatcher #(
    .WORD_BYTES(CHANNEL_BLOCK), .INSTRUCTION_WORDS(INSTRUCTION_WORDS), .PROGRAM_BLOCK(PROGRAM_BLOCK), .ADDRESS_WIDTH(PROGRAM_WIDTH)
  ) u_dispatcher (
    .clk, .rst, .start, .program_address, .block_loaded(program_loaded), .units_idle, .read_address(program_read_address),
    .read_data(program_read_data), .instruction, .push, .full, .push_first, .busy(dispatching), .done(finished_all)
  );

  // Finished counts lag the pulse by a cycle. The load that start itself asks for is not counted.
  generate
    for (genvar u = 0; u < 4; u++) begin : g_count
      logic [15:0] finished_count;
      logic [15:0] pushed_count;
      assign finished[16*u +: 16] = finished_count;
      assign idle[u]              = (finished_count == pushed_count);
      always_ff @(posedge clk) begin
        if (rst || start) begin
          finished_count <= 16'd0;
          pushed_count   <= 16'd0;
        end else begin
          if (done[u] && !((u == 0) && first_pending)) finished_count <= finished_count + 16'd1;
          if (push[u] && !((u == 0) && push_first)) pushed_count <= pushed_count + 16'd1;
        end
      end
    end
  endgenerate
  assign units_idle = &idle;

  always_ff @(posedge clk) begin
    if (rst)          first_pending <= 1'b0;
    else if (start)   first_pending <= 1'b1;
    else if (done[0]) first_pending <= 1'b0;
  end

  // Queues.
  logic [instruction_pkg::LOAD_BITS-1:0]  load_head;
  logic [instruction_pkg::CONV_BITS-1:0]  conv_head;
  logic [instruction_pkg::LANE_BITS-1:0]  lane_head;
  logic [instruction_pkg::STORE_BITS-1:0] store_head;

  task_queue #(.WIDTH(instruction_pkg::LOAD_BITS), .DEPTH(QUEUE_DEPTH), .PRODUCERS(4'b1000)) u_load_queue (
    .clk, .rst, .push(push[0]), .push_data(instruction[instruction_pkg::LOAD_BITS-1:0]), .full(full[0]), .empty(empty[0]), .finished,
    .head(load_head), .ready(ready[0]), .waits_input(waits_input[0]), .waits_output(waits_output[0]), .pop(pop[0])
  );
  task_queue #(.WIDTH(instruction_pkg::CONV_BITS), .DEPTH(QUEUE_DEPTH), .PRODUCERS(4'b0001)) u_conv_queue (
    .clk, .rst, .push(push[1]), .push_data(instruction[instruction_pkg::CONV_BITS-1:0]), .full(full[1]), .empty(empty[1]), .finished,
    .head(conv_head), .ready(ready[1]), .waits_input(waits_input[1]), .waits_output(waits_output[1]), .pop(pop[1])
  );
  task_queue #(.WIDTH(instruction_pkg::LANE_BITS), .DEPTH(QUEUE_DEPTH), .PRODUCERS(4'b0001)) u_lane_queue (
    .clk, .rst, .push(push[2]), .push_data(instruction[instruction_pkg::LANE_BITS-1:0]), .full(full[2]), .empty(empty[2]), .finished,
    .head(lane_head), .ready(ready[2]), .waits_input(waits_input[2]), .waits_output(waits_output[2]), .pop(pop[2])
  );
  task_queue #(.WIDTH(instruction_pkg::STORE_BITS), .DEPTH(QUEUE_DEPTH), .PRODUCERS(4'b0110)) u_store_queue (
    .clk, .rst, .push(push[3]), .push_data(instruction[instruction_pkg::STORE_BITS-1:0]), .full(full[3]), .empty(empty[3]), .finished,
    .head(store_head), .ready(ready[3]), .waits_input(waits_input[3]), .waits_output(waits_output[3]), .pop(pop[3])
  );

  // Load unit and the buffers that it fills.
  logic [7:0]            fill;
  logic [BANK_WIDTH-1:0] fill_bank;
  logic [19:0]           fill_row;
  logic [WORD-1:0]       fill_data;

  load_unit #(
    .BUS_BYTES(BUS_BYTES), .WORD_BYTES(CHANNEL_BLOCK), .BURST_BEATS(BURST_BEATS), .OUTSTANDING(OUTSTANDING_READS), .WEIGHT_BANKS(OUTPUTS),
    .CONV_PARAMETER_BANKS(CONV_PARAMETER_BANKS), .LANE_PARAMETER_BANKS(LANE_PARAMETER_BANKS), .LANE_BANKS(LANE_BLOCKS), .BANK_WIDTH(BANK_WIDTH)
  ) u_load (
    .clk, .rst, .head(load_head), .ready(ready[0]), .pop(pop[0]), .done(done[0]), .program_done(program_loaded), .busy(busy[0]),
    .write_target(fill), .write_bank(fill_bank), .write_row(fill_row), .write_data(fill_data),
    .m_axi_araddr, .m_axi_arlen, .m_axi_arvalid, .m_axi_arready, .m_axi_rdata, .m_axi_rlast, .m_axi_rvalid, .m_axi_rready
  );

  sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(PROGRAM_WORDS), .ADDRESS_WIDTH(PROGRAM_WIDTH)) u_program (
    .clk, .write_enable(fill[7]), .write_address(fill_row[PROGRAM_WIDTH-1:0]), .write_data(fill_data),
    .read_address(program_read_address), .read_data(program_read_data)
  );

  // Convolution engine.
  logic [19:0]             activation_address;
  logic [WORD-1:0]         activation_data;
  logic [19:0]             weight_address;
  logic [WORD*OUTPUTS-1:0] weight_data;
  logic [19:0]             conv_parameter_address;
  logic [64*CONV_LANES-1:0] conv_parameter_data;
  logic                    conv_write;
  logic [19:0]             conv_write_address;
  logic [WORD-1:0]         conv_write_data;

  sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(ACTIVATION_DEPTH), .ADDRESS_WIDTH(ACTIVATION_WIDTH)) u_activation (
    .clk, .write_enable(fill[0]), .write_address(fill_row[ACTIVATION_WIDTH-1:0]), .write_data(fill_data),
    .read_address(activation_address[ACTIVATION_WIDTH-1:0]), .read_data(activation_data)
  );
  generate
    for (genvar k = 0; k < OUTPUTS; k++) begin : g_weight
      sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(WEIGHT_DEPTH), .ADDRESS_WIDTH(WEIGHT_WIDTH)) u_weight (
        .clk, .write_enable(fill[1] && (fill_bank == BANK_WIDTH'(k))), .write_address(fill_row[WEIGHT_WIDTH-1:0]), .write_data(fill_data),
        .read_address(weight_address[WEIGHT_WIDTH-1:0]), .read_data(weight_data[WORD*k +: WORD])
      );
    end
    for (genvar b = 0; b < CONV_PARAMETER_BANKS; b++) begin : g_conv_parameter
      sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(CONV_PARAMETER_DEPTH), .ADDRESS_WIDTH(CONV_PARAMETER_WIDTH)) u_parameter (
        .clk, .write_enable(fill[2] && (fill_bank == BANK_WIDTH'(b))), .write_address(fill_row[CONV_PARAMETER_WIDTH-1:0]),
        .write_data(fill_data), .read_address(conv_parameter_address[CONV_PARAMETER_WIDTH-1:0]),
        .read_data(conv_parameter_data[WORD*b +: WORD])
      );
    end
  endgenerate

  conv_engine #(
    .CHANNEL_BLOCK(CHANNEL_BLOCK), .OUTPUTS(OUTPUTS), .REQUANTIZE_DIVIDER(CONV_DIVIDER), .PARTIAL_SUM_DEPTH(PARTIAL_SUM_DEPTH),
    .PARTIAL_SUM_WIDTH(PARTIAL_SUM_WIDTH)
  ) u_conv (
    .clk, .rst, .head(conv_head), .ready(ready[1]), .pop(pop[1]), .done(done[1]), .busy(busy[1]), .activation_address, .activation_data,
    .weight_address, .weight_data, .parameter_address(conv_parameter_address), .parameter_data(conv_parameter_data),
    .output_write(conv_write), .output_address(conv_write_address), .output_data(conv_write_data)
  );

  // Lane engine.
  logic [19:0]                 lane_input_address;
  logic [WORD*LANE_BLOCKS-1:0] lane_input_data;
  logic [19:0]                 lane_weight_address;
  logic [WORD*LANE_BLOCKS-1:0] lane_weight_data;
  logic [19:0]                 lane_parameter_address;
  logic [64*LANE_LANES-1:0]    lane_parameter_data;
  logic [9*LANE_LANES-1:0]     lane_table_address;
  logic [32*LANE_LANES-1:0]    lane_table_data;
  logic                        lane_write;
  logic [19:0]                 lane_write_address;
  logic [WORD-1:0]             lane_write_data;

  generate
    for (genvar b = 0; b < LANE_BLOCKS; b++) begin : g_lane_input
      sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(LANE_INPUT_DEPTH), .ADDRESS_WIDTH(LANE_INPUT_WIDTH)) u_input (
        .clk, .write_enable(fill[3] && (fill_bank == BANK_WIDTH'(b))), .write_address(fill_row[LANE_INPUT_WIDTH-1:0]),
        .write_data(fill_data), .read_address(lane_input_address[LANE_INPUT_WIDTH-1:0]), .read_data(lane_input_data[WORD*b +: WORD])
      );
      if (LANE_MULTIPLY != 0) begin : g_weight
        sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(LANE_WEIGHT_DEPTH), .ADDRESS_WIDTH(LANE_WEIGHT_WIDTH)) u_weight (
          .clk, .write_enable(fill[4] && (fill_bank == BANK_WIDTH'(b))), .write_address(fill_row[LANE_WEIGHT_WIDTH-1:0]),
          .write_data(fill_data), .read_address(lane_weight_address[LANE_WEIGHT_WIDTH-1:0]), .read_data(lane_weight_data[WORD*b +: WORD])
        );
      end else begin : g_no_weight
        assign lane_weight_data[WORD*b +: WORD] = '0;
      end
    end
    for (genvar b = 0; b < LANE_PARAMETER_BANKS; b++) begin : g_lane_parameter
      sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(LANE_PARAMETER_DEPTH), .ADDRESS_WIDTH(LANE_PARAMETER_WIDTH)) u_parameter (
        .clk, .write_enable(fill[5] && (fill_bank == BANK_WIDTH'(b))), .write_address(fill_row[LANE_PARAMETER_WIDTH-1:0]),
        .write_data(fill_data), .read_address(lane_parameter_address[LANE_PARAMETER_WIDTH-1:0]),
        .read_data(lane_parameter_data[WORD*b +: WORD])
      );
    end
    for (genvar r = 0; r < LANE_LANES; r++) begin : g_lane_table
      sync_ram_1r1w #(.WIDTH(32), .DEPTH(512), .ADDRESS_WIDTH(9)) u_table (
        .clk, .write_enable(fill[6]), .write_address(fill_row[8:0]), .write_data(fill_data[31:0]),
        .read_address(lane_table_address[9*r +: 9]), .read_data(lane_table_data[32*r +: 32])
      );
    end
  endgenerate

  lane_engine #(
    .CHANNEL_BLOCK(CHANNEL_BLOCK), .LANE_BLOCKS(LANE_BLOCKS), .MULTIPLY(LANE_MULTIPLY), .REQUANTIZE_DIVIDER(LANE_DIVIDER)
  ) u_lane (
    .clk, .rst, .head(lane_head), .ready(ready[2]), .pop(pop[2]), .done(done[2]), .busy(busy[2]), .input_address(lane_input_address),
    .input_data(lane_input_data), .weight_address(lane_weight_address), .weight_data(lane_weight_data),
    .parameter_address(lane_parameter_address), .parameter_data(lane_parameter_data), .table_address(lane_table_address),
    .table_data(lane_table_data), .output_write(lane_write), .output_address(lane_write_address), .output_data(lane_write_data)
  );

  // Output buffers and store unit.
  logic            store_source;
  logic [19:0]     store_address;
  logic [WORD-1:0] store_data;
  logic [WORD-1:0] conv_output_data;
  logic [WORD-1:0] lane_output_data;

  sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(CONV_OUTPUT_DEPTH), .ADDRESS_WIDTH(CONV_OUTPUT_WIDTH)) u_conv_output (
    .clk, .write_enable(conv_write), .write_address(conv_write_address[CONV_OUTPUT_WIDTH-1:0]), .write_data(conv_write_data),
    .read_address(store_address[CONV_OUTPUT_WIDTH-1:0]), .read_data(conv_output_data)
  );
  sync_ram_1r1w #(.WIDTH(WORD), .DEPTH(LANE_OUTPUT_DEPTH), .ADDRESS_WIDTH(LANE_OUTPUT_WIDTH)) u_lane_output (
    .clk, .write_enable(lane_write), .write_address(lane_write_address[LANE_OUTPUT_WIDTH-1:0]), .write_data(lane_write_data),
    .read_address(store_address[LANE_OUTPUT_WIDTH-1:0]), .read_data(lane_output_data)
  );
  assign store_data = store_source ? lane_output_data : conv_output_data;

  store_unit #(.BUS_BYTES(BUS_BYTES), .WORD_BYTES(CHANNEL_BLOCK), .BURST_BEATS(BURST_BEATS)) u_store (
    .clk, .rst, .head(store_head), .ready(ready[3]), .pop(pop[3]), .done(done[3]), .layer_done, .done_layer, .busy(busy[3]),
    .read_source(store_source), .read_address(store_address), .read_data(store_data),
    .m_axi_awaddr, .m_axi_awlen, .m_axi_awvalid, .m_axi_awready, .m_axi_wdata, .m_axi_wlast, .m_axi_wvalid, .m_axi_wready,
    .m_axi_bvalid, .m_axi_bready
  );

  // Buffers are smaller than the address buses; memory answers without errors; a queue's emptiness is in its `ready`;
  // lanes without multipliers have no weights to fill.
  logic unused;
  assign unused = ^{m_axi_rresp, m_axi_bresp, empty, instruction, fill, fill_row, activation_address, weight_address, conv_parameter_address,
                    conv_write_address, lane_input_address, lane_weight_address, lane_parameter_address, lane_write_address, store_address};
endmodule
`default_nettype wire
