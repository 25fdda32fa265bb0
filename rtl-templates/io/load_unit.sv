// Load unit: reads boxes of memory over AXI4 into the buffers. Addresses run ahead of data, also from one instruction
// to the next; data is always taken at once because the buffer space belongs to the instruction.
`default_nettype none
module load_unit #(
  parameter int BUS_BYTES = 4,
  parameter int WORD_BYTES = 8,
  parameter int BURST_BEATS = 64,
  parameter int OUTSTANDING = 8,
  parameter int BANK_WIDTH = 4,
  // Buffers that are filled; the program's is the last. Target 0 has the lowest bits of what follows.
  parameter int TARGETS = 8,
  // Banks less one of each target.
  parameter logic [TARGETS*BANK_WIDTH-1:0] LAST_BANKS = '0,
  // 1: a plane goes to one bank, the next plane to the next; 0: every word goes to the next bank.
  parameter logic [TARGETS-1:0] BY_PLANE = '0
) (
  input  wire logic                    clk,
  input  wire logic                    rst,
  // Head of the queue.
  input  wire logic [instruction_pkg::LOAD_BITS-1:0] head,
  input  wire logic                    ready,
  output logic                         pop,
  output logic                         done,
  output logic                         program_done,
  output logic                         busy,
  // Buffer writes: one target per cycle.
  output logic [TARGETS-1:0]           write_target,
  output logic [BANK_WIDTH-1:0]        write_bank,
  output logic [19:0]                  write_row,
  output logic [8*WORD_BYTES-1:0]      write_data,
  // AXI4 read channels.
  output logic [31:0]                  m_axi_araddr,
  output logic [7:0]                   m_axi_arlen,
  output logic                         m_axi_arvalid,
  input  wire logic                    m_axi_arready,
  input  wire logic [8*BUS_BYTES-1:0]  m_axi_rdata,
  input  wire logic                    m_axi_rlast,
  input  wire logic                    m_axi_rvalid,
  output logic                         m_axi_rready
);
  localparam int BEATS_PER_WORD = WORD_BYTES / BUS_BYTES;
  localparam int COUNT_WIDTH = $clog2(OUTSTANDING + 1);
  localparam int TARGET_WIDTH = instruction_pkg::LOAD_TARGET_W;
  // One for each code that a task can have.
  localparam int CODES = 2 ** TARGET_WIDTH;
  localparam logic [CODES-1:0] CODE_BY_PLANE = CODES'(BY_PLANE);
  localparam logic [CODES*BANK_WIDTH-1:0] CODE_LAST_BANK = (CODES*BANK_WIDTH)'(LAST_BANKS);
  localparam int TASK_BITS = TARGET_WIDTH + 20 + 24 + 16;
  localparam int BEAT_WIDTH = (BEATS_PER_WORD > 1) ? $clog2(BEATS_PER_WORD) : 1;
  localparam logic [1:0] S_IDLE = 2'd0, S_CALCULATE = 2'd1, S_ADDRESS = 2'd2;

  initial begin
    if ((1 << $clog2(BUS_BYTES)) != BUS_BYTES || WORD_BYTES % BUS_BYTES != 0 || OUTSTANDING < 1 || TARGETS < 2)
      $error("BUS_BYTES must be a power of two that divides WORD_BYTES");
  end

  // Address side.
  logic [1:0]             state;
  logic [COUNT_WIDTH-1:0] outstanding;
  logic [31:0]            burst_address;
  logic [8:0]             burst_beats;
  logic                   burst_last;
  logic                   address_taken;
  logic                   data_last;

  // Data side.
  logic [TASK_BITS-1:0]   task_in;
  logic [TASK_BITS-1:0]   task_head;
  logic                   task_empty;
  logic                   task_full;
  logic                   task_end;

  assign pop           = (state == S_IDLE) && ready && !task_full;
  assign address_taken = m_axi_arvalid && m_axi_arready;
  assign data_last     = m_axi_rvalid && m_axi_rlast;
  assign m_axi_rready  = 1'b1;
  assign busy          = (state != S_IDLE) || !task_empty;

  burst_splitter #(.BUS_BYTES(BUS_BYTES), .WORD_BYTES(WORD_BYTES), .BURST_BEATS(BURST_BEATS)) u_splitter (
    .clk,
    .load(pop),
    .box_address(head[instruction_pkg::LOAD_ADDRESS_L +: instruction_pkg::LOAD_ADDRESS_W]),
    .box_row_words(head[instruction_pkg::LOAD_ROW_WORDS_L +: instruction_pkg::LOAD_ROW_WORDS_W]),
    .box_row_count(head[instruction_pkg::LOAD_ROW_COUNT_L +: instruction_pkg::LOAD_ROW_COUNT_W]),
    .box_row_stride(head[instruction_pkg::LOAD_ROW_STRIDE_L +: instruction_pkg::LOAD_ROW_STRIDE_W]),
    .box_plane_count(head[instruction_pkg::LOAD_PLANE_COUNT_L +: instruction_pkg::LOAD_PLANE_COUNT_W]),
    .box_plane_stride(head[instruction_pkg::LOAD_PLANE_STRIDE_L +: instruction_pkg::LOAD_PLANE_STRIDE_W]),
    .advance(address_taken),
    .address(burst_address), .beats(burst_beats), .last(burst_last)
  );

  always_ff @(posedge clk) begin
    if (state == S_CALCULATE) begin
      m_axi_araddr <= burst_address;
      m_axi_arlen  <= 8'(burst_beats - 9'd1);
    end
    if (rst) begin
      state         <= S_IDLE;
      m_axi_arvalid <= 1'b0;
      outstanding   <= '0;
    end else begin
      if (address_taken && !data_last) outstanding <= outstanding + 1'b1;
      if (!address_taken && data_last) outstanding <= outstanding - 1'b1;
      case (state)
        S_IDLE: if (pop) state <= S_CALCULATE;
        S_CALCULATE: if (outstanding != COUNT_WIDTH'(OUTSTANDING)) begin
          m_axi_arvalid <= 1'b1;
          state         <= S_ADDRESS;
        end
        default: if (m_axi_arready) begin
          m_axi_arvalid <= 1'b0;
          state         <= burst_last ? S_IDLE : S_CALCULATE;
        end
      endcase
    end
  end

  // Tasks whose data is still to come: target, first row, words of a plane, planes. At most OUTSTANDING + 1 of them.
  logic [TARGET_WIDTH-1:0] head_target;
  logic [19:0] head_base;
  logic [23:0] head_plane_words;
  logic [15:0] head_planes;

  assign task_in = {head[instruction_pkg::LOAD_TARGET_L +: instruction_pkg::LOAD_TARGET_W],
                    head[instruction_pkg::LOAD_BUFFER_BASE_L +: instruction_pkg::LOAD_BUFFER_BASE_W],
                    head[instruction_pkg::LOAD_PLANE_WORDS_L +: instruction_pkg::LOAD_PLANE_WORDS_W],
                    head[instruction_pkg::LOAD_PLANE_COUNT_L +: instruction_pkg::LOAD_PLANE_COUNT_W]};
  assign {head_target, head_base, head_plane_words, head_planes} = task_head;

  fifo_sync #(.WIDTH(TASK_BITS), .DEPTH(OUTSTANDING + 2)) u_tasks (
    .clk, .rst, .push(pop), .push_data(task_in), .pop(task_end), .head(task_head), .empty(task_empty), .full(task_full)
  );

  logic [BEAT_WIDTH-1:0]  beat;
  logic                   fresh;
  logic [23:0]            word_in_plane;
  logic [15:0]            plane;
  logic [BANK_WIDTH-1:0]  bank;
  logic [19:0]            row;
  logic [19:0]            plane_row;
  logic [BANK_WIDTH-1:0]  bank_now;
  logic [19:0]            row_now;
  logic [19:0]            plane_row_now;
  logic [23:0]            word_now;
  logic [15:0]            plane_now;
  logic [BANK_WIDTH-1:0]  last_bank;
  logic                   by_plane;
  logic                   word_end;
  logic                   plane_end;
  logic                   bank_end;

  assign word_end      = m_axi_rvalid && (beat == BEAT_WIDTH'(BEATS_PER_WORD - 1));
  assign by_plane      = CODE_BY_PLANE[head_target];
  assign last_bank     = CODE_LAST_BANK[BANK_WIDTH * head_target +: BANK_WIDTH];
  // The first word of a task takes its place from the task itself.
  assign bank_now      = fresh ? '0 : bank;
  assign row_now       = fresh ? head_base : row;
  assign plane_row_now = fresh ? head_base : plane_row;
  assign word_now      = fresh ? 24'd1 : word_in_plane;
  assign plane_now     = fresh ? 16'd1 : plane;
  assign plane_end     = (word_now == head_plane_words);
  assign bank_end      = (bank_now == last_bank);
  assign task_end      = word_end && plane_end && (plane_now == head_planes);

  always_ff @(posedge clk) begin
    if (m_axi_rvalid) write_data <= (8*WORD_BYTES)'({m_axi_rdata, write_data} >> (8 * BUS_BYTES));
    write_bank <= bank_now;
    write_row  <= row_now;
    if (word_end) begin
      word_in_plane <= plane_end ? 24'd1 : word_now + 24'd1;
      plane         <= plane_end ? plane_now + 16'd1 : plane_now;
      if (by_plane) begin
        bank      <= !plane_end ? bank_now : bank_end ? '0 : bank_now + 1'b1;
        row       <= (plane_end && !bank_end) ? plane_row_now : row_now + 20'd1;
        plane_row <= (plane_end && bank_end) ? row_now + 20'd1 : plane_row_now;
      end else begin
        bank      <= bank_end ? '0 : bank_now + 1'b1;
        row       <= bank_end ? row_now + 20'd1 : row_now;
        plane_row <= plane_row_now;
      end
    end
    if (rst) begin
      beat         <= '0;
      fresh        <= 1'b1;
      write_target <= '0;
      done         <= 1'b0;
      program_done <= 1'b0;
    end else begin
      if (m_axi_rvalid) beat <= word_end ? '0 : beat + 1'b1;
      if (word_end) fresh <= task_end;
      write_target <= word_end ? (TARGETS'(1) << head_target) : '0;
      done         <= task_end;
      program_done <= task_end && (head_target == instruction_pkg::TARGET_PROGRAM);
    end
  end

  // Waits are the queue's business.
  logic unused;
  assign unused = ^head;
endmodule
`default_nettype wire
