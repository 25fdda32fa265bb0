// Reads the program from the instruction buffer in order and puts every instruction into its unit's queue.
// The instruction buffer holds two blocks of PROGRAM_BLOCK instructions; a block may be read once it has been loaded.
`default_nettype none
module dispatcher #(
  parameter int UNITS = 4,
  parameter int WORD_BYTES = 16,
  parameter int INSTRUCTION_WORDS = 4,
  parameter int PROGRAM_BLOCK = 32,
  parameter int ADDRESS_WIDTH = 8
) (
  input  wire logic                           clk,
  input  wire logic                           rst,
  input  wire logic                           start,
  input  wire logic [31:0]                    program_address,
  // A program block has arrived.
  input  wire logic                           block_loaded,
  // Every unit has finished all it was given.
  input  wire logic                           units_idle,
  output logic [ADDRESS_WIDTH-1:0]            read_address,
  input  wire logic [8*WORD_BYTES-1:0]        read_data,
  output logic [instruction_pkg::INSTRUCTION_BITS-1:0] instruction,
  // One bit per unit; the load unit is the lowest.
  output logic [UNITS-1:0]                    push,
  input  wire logic [UNITS-1:0]               full,
  // The first push after start loads block 0 and is no instruction of the program.
  output logic                                push_first,
  output logic                                busy,
  output logic                                done
);
  localparam int SHIFT_BITS = 8 * WORD_BYTES * INSTRUCTION_WORDS;
  localparam int COUNT_WIDTH = $clog2(INSTRUCTION_WORDS + 3);
  localparam int BLOCK_WIDTH = $clog2(PROGRAM_BLOCK + 1);
  localparam int PROGRAM_WORDS = PROGRAM_BLOCK * INSTRUCTION_WORDS;
  // S_IDLE is not zero: Yosys turns a comparison with zero into one inverter for each flip-flop that it controls.
  localparam logic [2:0] S_FIRST = 3'd0, S_IDLE = 3'd1, S_BLOCK = 3'd2, S_READ = 3'd3, S_PUSH = 3'd4, S_DRAIN = 3'd5;

  initial begin
    if (UNITS < 2 || PROGRAM_BLOCK < 2 || ADDRESS_WIDTH != $clog2(2 * PROGRAM_BLOCK * INSTRUCTION_WORDS))
      $error("ADDRESS_WIDTH must reach two blocks of PROGRAM_BLOCK instructions");
  end

  logic [2:0]             state;
  logic [COUNT_WIDTH-1:0] count;
  logic [BLOCK_WIDTH-1:0] position;
  logic [1:0]             blocks_ready;
  logic [SHIFT_BITS-1:0]  shift;
  logic [instruction_pkg::HEADER_UNIT_W-1:0] unit;
  logic [UNITS-1:0]       target;
  logic                   enter_block;

  assign unit        = shift[instruction_pkg::HEADER_UNIT_L +: instruction_pkg::HEADER_UNIT_W];
  assign target      = UNITS'(1) << unit;
  assign push_first  = (state == S_FIRST);
  assign push        = push_first ? UNITS'(1)
                     : ((state == S_PUSH) && (unit != instruction_pkg::UNIT_HALT)) ? (target & ~full) : '0;
  assign busy        = (state != S_IDLE);
  assign enter_block = (state == S_BLOCK) && (blocks_ready != 2'd0);

  assign instruction = shift[instruction_pkg::INSTRUCTION_BITS-1:0];

  always_ff @(posedge clk) begin
    // Before the first instruction there is the load of block 0.
    if (state == S_IDLE) begin
      shift <= '0;
      shift[instruction_pkg::LOAD_TARGET_L +: instruction_pkg::LOAD_TARGET_W]           <= instruction_pkg::TARGET_PROGRAM;
      shift[instruction_pkg::LOAD_ADDRESS_L +: instruction_pkg::LOAD_ADDRESS_W]         <= program_address;
      shift[instruction_pkg::LOAD_ROW_WORDS_L +: instruction_pkg::LOAD_ROW_WORDS_W]     <= instruction_pkg::LOAD_ROW_WORDS_W'(PROGRAM_WORDS);
      shift[instruction_pkg::LOAD_PLANE_WORDS_L +: instruction_pkg::LOAD_PLANE_WORDS_W] <= instruction_pkg::LOAD_PLANE_WORDS_W'(PROGRAM_WORDS);
      shift[instruction_pkg::LOAD_ROW_COUNT_L +: instruction_pkg::LOAD_ROW_COUNT_W]     <= instruction_pkg::LOAD_ROW_COUNT_W'(1);
      shift[instruction_pkg::LOAD_PLANE_COUNT_L +: instruction_pkg::LOAD_PLANE_COUNT_W] <= instruction_pkg::LOAD_PLANE_COUNT_W'(1);
    end else if (state == S_READ) begin
      // Words arrive two cycles after their address, low word first.
      shift <= {read_data, shift[SHIFT_BITS-1:8*WORD_BYTES]};
    end
    if (state == S_IDLE) read_address <= '0;
    else if ((state == S_READ) && (count < COUNT_WIDTH'(INSTRUCTION_WORDS))) begin
      if (read_address == ADDRESS_WIDTH'(2 * PROGRAM_WORDS - 1)) read_address <= '0;
      else read_address <= read_address + 1'b1;
    end

    if (rst) begin
      state        <= S_IDLE;
      done         <= 1'b0;
      blocks_ready <= '0;
      count        <= '0;
      position     <= '0;
    end else begin
      if (block_loaded && !enter_block) blocks_ready <= blocks_ready + 1'b1;
      if (!block_loaded && enter_block) blocks_ready <= blocks_ready - 1'b1;
      case (state)
        S_IDLE: if (start) begin
          state        <= S_FIRST;
          done         <= 1'b0;
          blocks_ready <= '0;
        end
        S_FIRST: state <= S_BLOCK;
        S_BLOCK: if (enter_block) begin
          state    <= S_READ;
          count    <= '0;
          position <= '0;
        end
        S_READ: begin
          count <= count + 1'b1;
          if (count == COUNT_WIDTH'(INSTRUCTION_WORDS + 1)) state <= S_PUSH;
        end
        S_PUSH: if (unit == instruction_pkg::UNIT_HALT) state <= S_DRAIN;
                else if ((target & full) == '0) begin
                  count <= '0;
                  if (position == BLOCK_WIDTH'(PROGRAM_BLOCK - 1)) state <= S_BLOCK;
                  else begin
                    position <= position + 1'b1;
                    state    <= S_READ;
                  end
                end
        default: if (units_idle) begin
          state <= S_IDLE;
          done  <= 1'b1;
        end
      endcase
    end
  end
endmodule
`default_nettype wire
