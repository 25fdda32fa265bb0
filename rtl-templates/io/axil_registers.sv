// AXI4-Lite control: identification, start, status, program address, cycle count, live counters and the record of each
// layer.
`default_nettype none
module axil_registers #(
  parameter int UNITS = 4,
  parameter int RECORD_ADDRESS_WIDTH = 10
) (
  input  wire logic         clk,
  input  wire logic         rst,
  input  wire logic [15:0]  s_axil_awaddr,
  input  wire logic         s_axil_awvalid,
  output logic              s_axil_awready,
  input  wire logic [31:0]  s_axil_wdata,
  input  wire logic [3:0]   s_axil_wstrb,
  input  wire logic         s_axil_wvalid,
  output logic              s_axil_wready,
  output logic [1:0]        s_axil_bresp,
  output logic              s_axil_bvalid,
  input  wire logic         s_axil_bready,
  input  wire logic [15:0]  s_axil_araddr,
  input  wire logic         s_axil_arvalid,
  output logic              s_axil_arready,
  output logic [31:0]       s_axil_rdata,
  output logic [1:0]        s_axil_rresp,
  output logic              s_axil_rvalid,
  input  wire logic         s_axil_rready,
  output logic              start,
  output logic [31:0]       program_address,
  input  wire logic         busy,
  input  wire logic         done,
  input  wire logic [31:0]  cycles,
  // Three counters of each unit: busy, waiting for input, waiting for output.
  input  wire logic [96*UNITS-1:0] counters,
  output logic [RECORD_ADDRESS_WIDTH-1:0] record_address,
  input  wire logic [31:0]  record_data
);
  localparam int COUNTERS = 3 * UNITS;
  localparam int FIRST_COUNTER = 32'(registers_pkg::COUNTERS) / 4;
  localparam int COUNTER_WIDTH = $clog2(FIRST_COUNTER + COUNTERS);
  localparam logic [15:0] COUNTERS_END = 16'(4 * (FIRST_COUNTER + COUNTERS));
  localparam logic [13:0] FIRST_RECORD_WORD = 14'(registers_pkg::RECORDS >> 2);
  localparam logic [5:0] ID_WORD = 6'(registers_pkg::ID >> 2);
  localparam logic [5:0] CONTROL_WORD = 6'(registers_pkg::CONTROL >> 2);
  localparam logic [5:0] STATUS_WORD = 6'(registers_pkg::STATUS >> 2);
  localparam logic [5:0] PROGRAM_ADDRESS_WORD = 6'(registers_pkg::PROGRAM_ADDRESS >> 2);
  localparam logic [5:0] CYCLES_WORD = 6'(registers_pkg::CYCLES >> 2);

  initial begin
    if (COUNTERS_END > registers_pkg::RECORDS || RECORD_ADDRESS_WIDTH > 14)
      $error("counters must end before the records, and records lie in the register space");
  end

  logic        write_now;
  logic [2:0]  read_wait;
  logic [15:0] read_address;
  logic [31:0] word;
  logic [31:0] status;

  assign write_now      = s_axil_awvalid && s_axil_wvalid && !s_axil_bvalid;
  assign s_axil_awready = write_now;
  assign s_axil_wready  = write_now;
  assign s_axil_bresp   = 2'b00;
  assign s_axil_rresp   = 2'b00;
  assign s_axil_arready = !s_axil_rvalid && (read_wait == 3'd0);
  assign record_address = RECORD_ADDRESS_WIDTH'(14'(read_address[15:2]) - FIRST_RECORD_WORD);

  assign status = (32'(done) << registers_pkg::STATUS_DONE_BIT) | (32'(busy) << registers_pkg::STATUS_BUSY_BIT);

  always_comb begin
    if (read_address >= registers_pkg::RECORDS) word = record_data;
    else if ((read_address >= registers_pkg::COUNTERS) && (read_address < COUNTERS_END)) begin
      word = counters[32 * (read_address[2 +: COUNTER_WIDTH] - COUNTER_WIDTH'(FIRST_COUNTER)) +: 32];
    end else case (read_address[7:2])
      ID_WORD:              word = registers_pkg::IDENTITY;
      STATUS_WORD:          word = status;
      PROGRAM_ADDRESS_WORD: word = program_address;
      CYCLES_WORD:          word = cycles;
      default:              word = 32'd0;
    endcase
  end

  always_ff @(posedge clk) begin
    if (s_axil_arvalid && s_axil_arready) read_address <= s_axil_araddr;
    if (read_wait == 3'd1) s_axil_rdata <= word;
    if (rst) begin
      start           <= 1'b0;
      program_address <= '0;
      s_axil_bvalid   <= 1'b0;
      s_axil_rvalid   <= 1'b0;
      read_wait       <= 3'd0;
    end else begin
      start <= write_now && (s_axil_awaddr[7:2] == CONTROL_WORD) && s_axil_wdata[registers_pkg::CONTROL_START_BIT] &&
               s_axil_wstrb[0] && !busy;
      if (write_now && (s_axil_awaddr[7:2] == PROGRAM_ADDRESS_WORD) && (s_axil_wstrb == 4'hF))
        program_address <= s_axil_wdata;
      if (write_now) s_axil_bvalid <= 1'b1;
      else if (s_axil_bready) s_axil_bvalid <= 1'b0;
      // The record memory answers two cycles after its address.
      if (s_axil_arvalid && s_axil_arready) read_wait <= 3'd4;
      else if (read_wait != 3'd0) read_wait <= read_wait - 3'd1;
      if (read_wait == 3'd1) s_axil_rvalid <= 1'b1;
      else if (s_axil_rready) s_axil_rvalid <= 1'b0;
    end
  end

  logic unused;
  assign unused = ^{s_axil_awaddr, read_address};
endmodule
`default_nettype wire
