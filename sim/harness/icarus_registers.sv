// Byte addresses of the control registers, bits and codes.
// Written from `core/src/chip/control-registers.ts` by `npm run docs`.
/* verilator lint_off UNUSEDPARAM */ // a reader takes only what concerns it
package icarus_registers;
  localparam logic [15:0] ID = 16'h0;
  localparam logic [15:0] CONTROL = 16'h4;
  localparam logic [15:0] STATUS = 16'h8;
  localparam logic [15:0] PROGRAM_ADDRESS = 16'hC;
  localparam logic [15:0] CYCLES = 16'h10;
  localparam logic [15:0] COUNTERS = 16'h20;
  localparam logic [15:0] RECORDS = 16'h1000;
  localparam logic [31:0] SPACE_BYTES = 32'h10000;
  localparam logic [31:0] IDENTITY = 32'h41444353;
  localparam int CONTROL_START_BIT = 0;
  localparam int STATUS_BUSY_BIT = 0;
  localparam int STATUS_DONE_BIT = 1;
endpackage
/* verilator lint_on UNUSEDPARAM */
