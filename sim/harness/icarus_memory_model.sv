// External memory of the testbench for Icarus Verilog: the same model as memory_model.hpp, edge for edge. The testbench
// sets the timing, fills the memory, calls clock_memory just before every edge and apply after it.
`timescale 1ns / 1ps
`default_nettype none

module icarus_memory_model #(
    parameter BUS_BYTES = 8,
    parameter MEMORY_WORDS = 1024
) (
    input  wire [31:0]            m_axi_araddr,
    input  wire [7:0]             m_axi_arlen,
    input  wire [2:0]             m_axi_arsize,
    input  wire [1:0]             m_axi_arburst,
    input  wire                   m_axi_arvalid,
    output reg  [8*BUS_BYTES-1:0] m_axi_rdata,
    output reg                    m_axi_rlast,
    output reg                    m_axi_rvalid,
    input  wire                   m_axi_rready,
    input  wire [31:0]            m_axi_awaddr,
    input  wire [7:0]             m_axi_awlen,
    input  wire [2:0]             m_axi_awsize,
    input  wire [1:0]             m_axi_awburst,
    input  wire                   m_axi_awvalid,
    input  wire [8*BUS_BYTES-1:0] m_axi_wdata,
    input  wire [BUS_BYTES-1:0]   m_axi_wstrb,
    input  wire                   m_axi_wlast,
    input  wire                   m_axi_wvalid,
    output reg                    m_axi_wready,
    output reg                    m_axi_bvalid,
    input  wire                   m_axi_bready,
    input  wire                   irq
);
    localparam QUEUE = 4096;

    reg [63:0] memory_bytes = 0;
    reg [63:0] read_latency_cycles, write_latency_cycles, beat_interval_cycles, burst_gap_cycles, shared_bytes_per_kilocycle;

    initial begin
        m_axi_rdata = 0;
        m_axi_rlast = 0;
        m_axi_rvalid = 0;
        m_axi_wready = 0;
        m_axi_bvalid = 0;
    end

    // The first thing that went wrong
    string     failure_kind = "";
    string     failure_message = "";
    reg [63:0] failure_edge = 0;

    task fail(input string kind, input string message);
        if (failure_kind == "") begin
            failure_kind = kind;
            failure_edge = edge_number;
            failure_message = message;
        end
    endtask

    // The memory, and the clock edge that is about to come
    reg [8*BUS_BYTES-1:0] memory [0:MEMORY_WORDS-1];
    reg [63:0] edge_number = 0;

    // Bursts under way, in rings: bounds in bytes, and when the address was accepted or the response is due.
    reg [63:0] read_begin [0:QUEUE-1], read_end [0:QUEUE-1], read_accepted [0:QUEUE-1];
    reg [63:0] write_begin [0:QUEUE-1], write_end [0:QUEUE-1];
    reg [63:0] response_begin [0:QUEUE-1], response_end [0:QUEUE-1], response_due [0:QUEUE-1];
    integer    read_first = 0, read_count = 0, write_first = 0, write_count = 0, response_first = 0, response_count = 0;
    reg [63:0] read_offset = 0, write_offset = 0;
    reg [63:0] next_read_edge = 0, next_write_edge = 0;
    reg        read_valid_next = 0, read_last_next = 0, write_ready_next = 0, response_valid_next = 0;
    reg [8*BUS_BYTES-1:0] read_data_next = 0;
    // What reads and writes share, in ticks: a cycle has shared_bytes_per_kilocycle of them, a byte needs 1000.
    reg [63:0] shared_free_tick = 0;
    reg        last_was_read = 0, write_begun = 0;
    reg        stalled = 0, stalled_last = 0;
    reg [8*BUS_BYTES-1:0] stalled_data = 0;
    reg [BUS_BYTES-1:0]   stalled_strobe = 0;

    function string unfinished(input integer unused);
        unfinished = $sformatf("%0d read bursts, %0d write bursts and %0d write responses are not finished", read_count, write_count, response_count);
    endfunction

    function busy(input integer unused);
        busy = read_count + write_count + response_count > 0;
    endfunction

    task check_known;
        if ((^{m_axi_arvalid, m_axi_rready, m_axi_awvalid, m_axi_wvalid, m_axi_bready, irq}) === 1'bx) fail("violation", "a valid, ready or irq output is unknown (X)");
        if (m_axi_arvalid === 1'b1 && (^{m_axi_araddr, m_axi_arlen, m_axi_arsize, m_axi_arburst}) === 1'bx) fail("violation", "the read address channel is unknown (X) while arvalid is set");
        if (m_axi_awvalid === 1'b1 && (^{m_axi_awaddr, m_axi_awlen, m_axi_awsize, m_axi_awburst}) === 1'bx) fail("violation", "the write address channel is unknown (X) while awvalid is set");
        if (m_axi_wvalid === 1'b1 && (^{m_axi_wstrb, m_axi_wlast}) === 1'bx) fail("violation", "wstrb or wlast is unknown (X) while wvalid is set");
    endtask

    task check_burst(input string what, input [63:0] address, input [7:0] length, input [2:0] size, input [1:0] burst);
        string where;
        reg [63:0] last;
        begin
            last = address + (length + 64'd1) * BUS_BYTES - 1;
            where = $sformatf("%s burst of %0d beats at 0x%0h", what, length + 1, address);
            if (burst != 2'd1) fail("violation", $sformatf("%s: burst type %0d is not INCR (1)", where, burst));
            if ((1 << size) != BUS_BYTES) fail("violation", $sformatf("%s: size %0d is not the bus width of %0d bytes", where, size, BUS_BYTES));
            if (address % BUS_BYTES != 0) fail("violation", $sformatf("%s: address is not aligned to the bus width of %0d bytes", where, BUS_BYTES));
            if (address / 4096 != last / 4096) fail("violation", $sformatf("%s: crosses a 4 KB boundary", where));
            if (last >= memory_bytes) fail("violation", $sformatf("%s: outside the memory of %0d bytes", where, memory_bytes));
        end
    endtask

    // Reads and writes have no order of their own on AXI, so bursts in flight must not overlap.
    task check_order(input string what, input [63:0] begin_a, input [63:0] end_a, input string with_what, input [63:0] begin_b, input [63:0] end_b);
        if (begin_a < end_b && begin_b < end_a) begin
            fail("hazard", $sformatf("%s burst at 0x%0h overlaps %s at 0x%0h: on AXI their order is not defined", what, begin_a, with_what, begin_b));
        end
    endtask

    task accept_read;
        integer index, slot;
        begin
            check_burst("Read", m_axi_araddr, m_axi_arlen, m_axi_arsize, m_axi_arburst);
            slot = (read_first + read_count) % QUEUE;
            read_begin[slot] = m_axi_araddr;
            read_end[slot] = m_axi_araddr + (m_axi_arlen + 64'd1) * BUS_BYTES;
            read_accepted[slot] = edge_number;
            for (index = 0; index < write_count; index = index + 1) begin
                check_order("Read", read_begin[slot], read_end[slot], "a write that is not acknowledged", write_begin[(write_first + index) % QUEUE], write_end[(write_first + index) % QUEUE]);
            end
            for (index = 0; index < response_count; index = index + 1) begin
                check_order("Read", read_begin[slot], read_end[slot], "a write that is not acknowledged", response_begin[(response_first + index) % QUEUE], response_end[(response_first + index) % QUEUE]);
            end
            read_count = read_count + 1;
            if (read_count == QUEUE) fail("violation", "too many read bursts at a time for this testbench");
        end
    endtask

    task accept_write;
        integer index, slot;
        begin
            check_burst("Write", m_axi_awaddr, m_axi_awlen, m_axi_awsize, m_axi_awburst);
            slot = (write_first + write_count) % QUEUE;
            write_begin[slot] = m_axi_awaddr;
            write_end[slot] = m_axi_awaddr + (m_axi_awlen + 64'd1) * BUS_BYTES;
            for (index = 0; index < read_count; index = index + 1) begin
                check_order("Write", write_begin[slot], write_end[slot], "a read that is not finished", read_begin[(read_first + index) % QUEUE], read_end[(read_first + index) % QUEUE]);
            end
            write_count = write_count + 1;
            if (write_count == QUEUE) fail("violation", "too many write bursts at a time for this testbench");
        end
    endtask

    function shared_free(input [63:0] at_edge);
        shared_free = shared_free_tick <= at_edge * shared_bytes_per_kilocycle;
    endfunction

    // Where the memory came free within the cycle before the edge, that part of the cycle counts.
    task begin_shared(input [63:0] at_edge, input [63:0] bytes, input is_read);
        begin
            last_was_read = is_read;
            if (shared_bytes_per_kilocycle != 0) begin
                if (at_edge > 0 && shared_free_tick <= (at_edge - 1) * shared_bytes_per_kilocycle) shared_free_tick = at_edge * shared_bytes_per_kilocycle;
                shared_free_tick = shared_free_tick + bytes * 1000;
            end
        end
    endtask

    task begin_write(input [63:0] at_edge);
        begin
            if (!write_begun) begin_shared(at_edge, write_end[write_first] - write_begin[write_first], 1'b0);
            write_begun = 1;
        end
    endtask

    task take_read_beat;
        begin
            read_offset = m_axi_rlast ? 0 : read_offset + BUS_BYTES;
            next_read_edge = edge_number + beat_interval_cycles + (m_axi_rlast ? burst_gap_cycles : 0);
            if (m_axi_rlast) begin
                read_first = (read_first + 1) % QUEUE;
                read_count = read_count - 1;
            end
            read_valid_next = 0;
        end
    endtask

    task take_write_beat;
        integer lane, slot;
        reg [63:0] word;
        reg last;
        bit [8*BUS_BYTES-1:0] data;
        begin
            // Two-state: bytes that the chip leaves unknown are zero, as in the other tools.
            data = m_axi_wdata;
            word = (write_begin[write_first] + write_offset) / BUS_BYTES;
            if (word < MEMORY_WORDS) begin
                for (lane = 0; lane < BUS_BYTES; lane = lane + 1) begin
                    if (m_axi_wstrb[lane]) memory[word][8*lane +: 8] = data[8*lane +: 8];
                end
            end
            write_offset = write_offset + BUS_BYTES;
            begin_write(edge_number);
            last = write_begin[write_first] + write_offset == write_end[write_first];
            if (m_axi_wlast != last) begin
                fail("violation", $sformatf("wlast is %s of the write burst at 0x%0h", last ? "missing on the last beat" : "set before the last beat", write_begin[write_first]));
            end
            next_write_edge = edge_number + beat_interval_cycles + (last ? burst_gap_cycles : 0);
            if (last) begin
                slot = (response_first + response_count) % QUEUE;
                response_begin[slot] = write_begin[write_first];
                response_end[slot] = write_end[write_first];
                response_due[slot] = edge_number + write_latency_cycles;
                response_count = response_count + 1;
                write_first = (write_first + 1) % QUEUE;
                write_count = write_count - 1;
                write_offset = 0;
                write_begun = 0;
            end
        end
    endtask

    task check_stalled_beat;
        if (stalled) begin
            if (!m_axi_wvalid) fail("violation", "wvalid fell before the beat was accepted");
            else if (m_axi_wdata !== stalled_data || m_axi_wstrb != stalled_strobe || m_axi_wlast != stalled_last) begin
                fail("violation", "wdata, wstrb or wlast changed while wvalid waited for wready");
            end
        end
    endtask

    // Decides the memory's outputs towards the given edge.
    task drive_memory(input [63:0] next_edge);
        reg [63:0] word;
        reg write_paced;
        begin
            // Of two bursts that could begin at the same edge, a write goes first that waits while the last to begin
            // was a read.
            write_paced = write_count > 0 && next_edge >= next_write_edge;
            if (write_paced && stalled && last_was_read && shared_free(next_edge)) begin_write(next_edge);
            if (!read_valid_next && read_count > 0 && next_edge >= next_read_edge && next_edge >= read_accepted[read_first] + read_latency_cycles
                && (read_offset != 0 || shared_free(next_edge))) begin
                if (read_offset == 0) begin_shared(next_edge, read_end[read_first] - read_begin[read_first], 1'b1);
                word = (read_begin[read_first] + read_offset) / BUS_BYTES;
                read_valid_next = 1;
                read_last_next = read_begin[read_first] + read_offset + BUS_BYTES == read_end[read_first];
                if (word < MEMORY_WORDS) read_data_next = memory[word];
            end
            write_ready_next = write_paced && (write_begun || shared_free(next_edge));
            if (!response_valid_next && response_count > 0 && next_edge >= response_due[response_first]) response_valid_next = 1;
        end
    endtask

    // Called just before an edge, on the pins as they are; what the edge changes is applied after it.
    task clock_memory;
        begin
            check_known;
            if (m_axi_rvalid && m_axi_rready) take_read_beat;
            if (m_axi_arvalid) accept_read;
            check_stalled_beat;
            stalled = m_axi_wvalid && !m_axi_wready;
            stalled_data = m_axi_wdata;
            stalled_strobe = m_axi_wstrb;
            stalled_last = m_axi_wlast;
            if (m_axi_wvalid && m_axi_wready) take_write_beat;
            if (m_axi_bvalid && m_axi_bready) begin
                response_first = (response_first + 1) % QUEUE;
                response_count = response_count - 1;
                response_valid_next = 0;
            end
            if (m_axi_awvalid) accept_write;
            drive_memory(edge_number + 1);
        end
    endtask

    task apply;
        begin
            m_axi_rvalid = read_valid_next;
            m_axi_rlast = read_last_next;
            m_axi_rdata = read_data_next;
            m_axi_wready = write_ready_next;
            m_axi_bvalid = response_valid_next;
        end
    endtask
endmodule

`default_nettype wire
