// Store unit: writes words of an output buffer to boxes of memory over AXI4. Burst addresses run ahead of data;
// an instruction is finished when memory has acknowledged its last burst, while the next one already sends data.
`default_nettype none
module store_unit #(
  parameter int BUS_BYTES = 4,
  parameter int WORD_BYTES = 8,
  parameter int BURST_BEATS = 64,
  parameter int OUTSTANDING = 16
) (
  input  wire logic                    clk,
  input  wire logic                    rst,
  input  wire logic [instruction_pkg::STORE_BITS-1:0] head,
  input  wire logic                    ready,
  output logic                         pop,
  output logic                         done,
  output logic                         layer_done,
  output logic [instruction_pkg::HEADER_LAYER_W-1:0] done_layer,
  output logic                         busy,
  // Output buffers: data two cycles after the address.
  output logic [instruction_pkg::STORE_SOURCE_W-1:0] read_source,
  output logic [19:0]                  read_address,
  input  wire logic [8*WORD_BYTES-1:0] read_data,
  // AXI4 write channels.
  output logic [31:0]                  m_axi_awaddr,
  output logic [7:0]                   m_axi_awlen,
  output logic                         m_axi_awvalid,
  input  wire logic                    m_axi_awready,
  output logic [8*BUS_BYTES-1:0]       m_axi_wdata,
  output logic                         m_axi_wlast,
  output logic                         m_axi_wvalid,
  input  wire logic                    m_axi_wready,
  input  wire logic                    m_axi_bvalid,
  output logic                         m_axi_bready
);
  localparam int BEATS_PER_WORD = WORD_BYTES / BUS_BYTES;
  localparam int BEAT_WIDTH = (BEATS_PER_WORD > 1) ? $clog2(BEATS_PER_WORD) : 1;
  localparam int WORD_FIFO_DEPTH = 8;
  localparam logic [1:0] S_IDLE = 2'd0, S_CALCULATE = 2'd1, S_ADDRESS = 2'd2;
  localparam int LAYER_BITS = instruction_pkg::HEADER_LAYER_W;

  initial begin
    if ((1 << $clog2(BUS_BYTES)) != BUS_BYTES || WORD_BYTES % BUS_BYTES != 0 || OUTSTANDING < 1)
      $error("BUS_BYTES must be a power of two that divides WORD_BYTES");
  end

  // Addresses.
  logic [1:0]  state;
  logic        sending;
  logic [31:0] burst_address;
  logic [8:0]  burst_beats;
  logic        burst_last;
  logic        address_taken;
  logic        burst_empty;
  logic        burst_full;
  logic [9:0]  burst_head;
  logic        burst_pop;
  logic        answer_empty;
  logic        answer_full;
  logic [LAYER_BITS+1:0] answer_head;
  logic        layer_end;
  logic [LAYER_BITS-1:0] layer;
  logic        answer;
  // Answers are held up for three cycles after one that ends a layer: the layer recorder writes its record.
  logic [1:0]  record_wait;

  assign pop           = !sending && ready;
  assign address_taken = m_axi_awvalid && m_axi_awready;
  assign m_axi_bready  = (record_wait == 2'd0);
  assign answer        = m_axi_bvalid && m_axi_bready && !answer_empty;
  assign busy          = sending || !answer_empty;

  burst_splitter #(.BUS_BYTES(BUS_BYTES), .WORD_BYTES(WORD_BYTES), .BURST_BEATS(BURST_BEATS)) u_splitter (
    .clk,
    .load(pop),
    .box_address(head[instruction_pkg::STORE_ADDRESS_L +: instruction_pkg::STORE_ADDRESS_W]),
    .box_row_words(head[instruction_pkg::STORE_ROW_WORDS_L +: instruction_pkg::STORE_ROW_WORDS_W]),
    .box_row_count(head[instruction_pkg::STORE_ROW_COUNT_L +: instruction_pkg::STORE_ROW_COUNT_W]),
    .box_row_stride(head[instruction_pkg::STORE_ROW_STRIDE_L +: instruction_pkg::STORE_ROW_STRIDE_W]),
    .box_plane_count(head[instruction_pkg::STORE_PLANE_COUNT_L +: instruction_pkg::STORE_PLANE_COUNT_W]),
    .box_plane_stride(head[instruction_pkg::STORE_PLANE_STRIDE_L +: instruction_pkg::STORE_PLANE_STRIDE_W]),
    .advance(address_taken),
    .address(burst_address), .beats(burst_beats), .last(burst_last)
  );

  // Bursts whose address is out and whose data is not: length, last of the instruction.
  fifo_sync #(.WIDTH(10), .DEPTH(2)) u_bursts (
    .clk, .rst, .push(address_taken), .push_data({burst_last, burst_beats}), .pop(burst_pop),
    .head(burst_head), .empty(burst_empty), .full(burst_full)
  );

  // Bursts that memory has not acknowledged: last of the instruction, end of a layer.
  fifo_sync #(.WIDTH(LAYER_BITS + 2), .DEPTH(OUTSTANDING)) u_answers (
    .clk, .rst, .push(address_taken), .push_data({burst_last, layer_end, layer}), .pop(answer),
    .head(answer_head), .empty(answer_empty), .full(answer_full)
  );

  // Words read ahead of the data channel.
  logic                    reading;
  logic [23:0]             words_left;
  logic [1:0]              in_flight;
  logic [3:0]              credit;
  logic                    word_push;
  logic                    word_pop;
  logic                    word_empty;
  logic [8*WORD_BYTES-1:0] word_head;
  logic                    read_now;
  logic                    unused_word_full; // credits keep it from filling

  assign read_now  = reading && (credit != 4'd0);
  assign word_push = in_flight[1];
  fifo_sync #(.WIDTH(8 * WORD_BYTES), .DEPTH(WORD_FIFO_DEPTH)) u_words (
    .clk, .rst, .push(word_push), .push_data(read_data), .pop(word_pop), .head(word_head), .empty(word_empty), .full(unused_word_full)
  );

  // Data channel.
  logic                  running;
  logic [8:0]            beats_left;
  logic                  closes;
  logic [BEAT_WIDTH-1:0] beat;
  logic                  beat_taken;
  logic                  burst_end;

  assign m_axi_wvalid = running && !word_empty;
  assign m_axi_wdata  = word_head[8 * BUS_BYTES * beat +: 8 * BUS_BYTES];
  assign m_axi_wlast  = (beats_left == 9'd1);
  assign beat_taken   = m_axi_wvalid && m_axi_wready;
  assign burst_end    = beat_taken && m_axi_wlast;
  assign word_pop     = beat_taken && (beat == BEAT_WIDTH'(BEATS_PER_WORD - 1));
  assign burst_pop    = !burst_empty && (!running || burst_end);

  always_ff @(posedge clk) begin
    if (state == S_CALCULATE) begin
      m_axi_awaddr <= burst_address;
      m_axi_awlen  <= 8'(burst_beats - 9'd1);
    end
    if (pop) begin
      read_source  <= head[instruction_pkg::STORE_SOURCE_L +: instruction_pkg::STORE_SOURCE_W];
      read_address <= head[instruction_pkg::STORE_BUFFER_BASE_L +: instruction_pkg::STORE_BUFFER_BASE_W];
      words_left   <= head[instruction_pkg::STORE_WORDS_L +: instruction_pkg::STORE_WORDS_W];
      layer_end    <= head[instruction_pkg::HEADER_LAYER_END_L];
      layer        <= head[instruction_pkg::HEADER_LAYER_L +: instruction_pkg::HEADER_LAYER_W];
    end else if (read_now) begin
      read_address <= read_address + 20'd1;
      words_left   <= words_left - 24'd1;
    end
    if (burst_pop) {closes, beats_left} <= burst_head;
    else if (beat_taken) beats_left <= beats_left - 9'd1;
    done_layer <= answer_head[LAYER_BITS-1:0];

    if (rst) begin
      state         <= S_IDLE;
      sending       <= 1'b0;
      m_axi_awvalid <= 1'b0;
      reading       <= 1'b0;
      in_flight     <= 2'b00;
      credit        <= 4'(WORD_FIFO_DEPTH);
      running       <= 1'b0;
      beat          <= '0;
      done          <= 1'b0;
      layer_done    <= 1'b0;
      record_wait   <= 2'd0;
    end else begin
      case (state)
        S_IDLE: if (pop) state <= S_CALCULATE;
        S_CALCULATE: if (!burst_full && !answer_full) begin
          m_axi_awvalid <= 1'b1;
          state         <= S_ADDRESS;
        end
        default: if (m_axi_awready) begin
          m_axi_awvalid <= 1'b0;
          state         <= burst_last ? S_IDLE : S_CALCULATE;
        end
      endcase
      if (pop) sending <= 1'b1;
      else if (burst_end && closes) sending <= 1'b0;

      if (pop) reading <= 1'b1;
      else if (read_now && (words_left == 24'd1)) reading <= 1'b0;
      in_flight <= {in_flight[0], read_now};
      if (read_now && !word_pop) credit <= credit - 4'd1;
      if (!read_now && word_pop) credit <= credit + 4'd1;

      if (burst_pop) running <= 1'b1;
      else if (burst_end) running <= 1'b0;
      if (beat_taken) beat <= word_pop ? '0 : beat + 1'b1;

      if (answer && answer_head[LAYER_BITS+1] && answer_head[LAYER_BITS]) record_wait <= 2'd3;
      else if (record_wait != 2'd0) record_wait <= record_wait - 2'd1;

      done       <= answer && answer_head[LAYER_BITS+1];
      layer_done <= answer && answer_head[LAYER_BITS+1] && answer_head[LAYER_BITS];
    end
  end
endmodule
`default_nettype wire
