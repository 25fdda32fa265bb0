// Wrapper of `stream_pool_core` for chips of AutoDNNchip: protocol task-memory on one side, the core's own on the other.
// It has no state of a task but two addresses and two bounds: a tile lies in its buffer in the order in which the core
// asks for it, and results leave in the order in which they are stored.
`default_nettype none
module stream_pool #(
  parameter int CHANNEL_BLOCK = 8,
  parameter int WINDOW = 3,
  parameter int LINE_DEPTH = 64
) (
  input  wire logic        clk,
  input  wire logic        rst,
  input  wire logic [stream_pool_pkg::BITS-1:0] head,
  input  wire logic        ready,
  output logic             pop,
  output logic             done,
  output logic             busy,
  // Buffers: data two cycles after the address.
  output logic [19:0]      input_address,
  input  wire logic [8*CHANNEL_BLOCK-1:0] input_data,
  output logic             output_write,
  output logic [19:0]      output_address,
  output logic [8*CHANNEL_BLOCK-1:0] output_data
);
  localparam int LEVELS = $clog2(WINDOW);
  localparam int LINE_BITS = (LINE_DEPTH > 1) ? $clog2(LINE_DEPTH) : 1;

  initial begin
    if (CHANNEL_BLOCK < 1 || WINDOW < 2 || WINDOW > 8 || LINE_DEPTH < 2)
      $error("WINDOW must be 2 to 8, LINE_DEPTH at least 2");
  end

  logic        core_busy;
  logic        fin;
  logic        request;
  logic        result_valid;
  logic [7:0]  low;
  logic [7:0]  high;
  logic [19:0] next_output;
  logic [8*CHANNEL_BLOCK-1:0] result;
  logic [8*CHANNEL_BLOCK-1:0] bounded;

  assign pop  = ready && !core_busy;
  assign busy = core_busy || ready;

  // The buffer takes an address in every cycle: each request is granted at once.
  stream_pool_core #(
    .BYTES(CHANNEL_BLOCK), .WINDOW(WINDOW), .LEVELS(LEVELS), .LINE_DEPTH(LINE_DEPTH), .LINE_BITS(LINE_BITS), .LATENCY(2)
  ) u_core (
    .clk, .rst, .start(pop), .busy(core_busy), .fin,
    .cfg_planes(head[stream_pool_pkg::PLANES_L +: 13]),
    .cfg_rows(head[stream_pool_pkg::ROWS_L +: 14]),
    .cfg_columns(head[stream_pool_pkg::COLUMNS_L +: 14]),
    .cfg_map_top(head[stream_pool_pkg::MAP_TOP_L +: 14]),
    .cfg_map_left(head[stream_pool_pkg::MAP_LEFT_L +: 14]),
    .cfg_map_rows(head[stream_pool_pkg::MAP_ROWS_L +: 14]),
    .cfg_map_columns(head[stream_pool_pkg::MAP_COLUMNS_L +: 14]),
    .cfg_window_rows(head[stream_pool_pkg::WINDOW_ROWS_L +: 4]),
    .cfg_window_columns(head[stream_pool_pkg::WINDOW_COLUMNS_L +: 4]),
    .cfg_stride_y(head[stream_pool_pkg::STRIDE_Y_L +: 8]),
    .cfg_stride_x(head[stream_pool_pkg::STRIDE_X_L +: 8]),
    .cfg_padding(head[stream_pool_pkg::PADDING_VALUE_L +: 8]),
    .opr_req(request), .opr_gnt(request), .opr_data(input_data),
    .res_valid(result_valid), .res_data(result)
  );

  generate
    for (genvar b = 0; b < CHANNEL_BLOCK; b++) begin : g_bound
      logic [7:0] value;
      assign value = result[8*b +: 8];
      assign bounded[8*b +: 8] = ($signed(value) < $signed(low)) ? low : ($signed(value) > $signed(high)) ? high : value;
    end
  endgenerate

  always_ff @(posedge clk) begin
    if (pop) begin
      input_address <= head[stream_pool_pkg::INPUT_BASE_L +: 20];
      next_output   <= head[stream_pool_pkg::OUTPUT_BASE_L +: 20];
      low           <= head[stream_pool_pkg::LOW_L +: 8];
      high          <= head[stream_pool_pkg::HIGH_L +: 8];
    end else begin
      if (request) input_address <= input_address + 20'd1;
      if (result_valid) next_output <= next_output + 20'd1;
    end
    output_address <= next_output;
    output_data    <= bounded;
    output_write   <= result_valid && !rst;
    done           <= fin && !rst;
  end
endmodule
`default_nettype wire
