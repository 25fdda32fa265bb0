// Testbench for Icarus Verilog: the same driver and memory model as driver.hpp and memory_model.hpp, edge for edge.
// Settings come as plusargs, memory as words of the bus in hexadecimal (memory.hex); the result text goes to result.txt,
// the bus words of the regions listed in regions.txt to read-back.hex. sim/README.md describes all of them.
`timescale 1ns / 1ps
`default_nettype none

module icarus_testbench;
    parameter BUS_BYTES = 8;
    parameter MEMORY_WORDS = 1024;
    localparam RESET_CYCLES = 4;
    localparam ACCESS_CYCLES = 1000;
    localparam PROGRESS_CYCLES = 1024;
    localparam QUEUE = 4096;
    localparam LIVE_COUNTERS = 12;
    localparam RECORD_WORDS = 16;

    // Pins: driven here.
    reg                    clk = 0;
    reg                    rst = 1;
    reg  [15:0]            s_axil_awaddr = 0;
    reg                    s_axil_awvalid = 0;
    reg  [31:0]            s_axil_wdata = 0;
    reg                    s_axil_wvalid = 0;
    reg                    s_axil_bready = 0;
    reg  [15:0]            s_axil_araddr = 0;
    reg                    s_axil_arvalid = 0;
    reg                    s_axil_rready = 0;
    reg  [8*BUS_BYTES-1:0] m_axi_rdata = 0;
    reg                    m_axi_rlast = 0;
    reg                    m_axi_rvalid = 0;
    reg                    m_axi_wready = 0;
    reg                    m_axi_bvalid = 0;
    // Driven by the chip.
    wire                   s_axil_awready, s_axil_wready, s_axil_bvalid, s_axil_arready, s_axil_rvalid;
    wire [1:0]             s_axil_bresp, s_axil_rresp;
    wire [31:0]            s_axil_rdata;
    wire [31:0]            m_axi_araddr, m_axi_awaddr;
    wire [7:0]             m_axi_arlen, m_axi_awlen;
    wire [2:0]             m_axi_arsize, m_axi_awsize;
    wire [1:0]             m_axi_arburst, m_axi_awburst;
    wire                   m_axi_arvalid, m_axi_rready, m_axi_awvalid, m_axi_wlast, m_axi_wvalid, m_axi_bready;
    wire [8*BUS_BYTES-1:0] m_axi_wdata;
    wire [BUS_BYTES-1:0]   m_axi_wstrb;
    wire                   irq;

    accel_top chip (
        .clk(clk), .rst(rst),
        .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(4'b1111), .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr), .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp), .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready),
        .m_axi_araddr(m_axi_araddr), .m_axi_arlen(m_axi_arlen), .m_axi_arsize(m_axi_arsize), .m_axi_arburst(m_axi_arburst),
        .m_axi_arvalid(m_axi_arvalid), .m_axi_arready(1'b1),
        .m_axi_rdata(m_axi_rdata), .m_axi_rresp(2'b00), .m_axi_rlast(m_axi_rlast), .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready),
        .m_axi_awaddr(m_axi_awaddr), .m_axi_awlen(m_axi_awlen), .m_axi_awsize(m_axi_awsize), .m_axi_awburst(m_axi_awburst),
        .m_axi_awvalid(m_axi_awvalid), .m_axi_awready(1'b1),
        .m_axi_wdata(m_axi_wdata), .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast), .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready),
        .m_axi_bresp(2'b00), .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready),
        .irq(irq)
    );

    // Settings
    reg [63:0] memory_bytes, image_words, program_address, maximum_cycles;
    reg [63:0] read_latency_cycles, write_latency_cycles, beat_interval_cycles, burst_gap_cycles;
    integer    layers;

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

    // External memory
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
    reg        stalled = 0, stalled_last = 0;
    reg [8*BUS_BYTES-1:0] stalled_data = 0;
    reg [BUS_BYTES-1:0]   stalled_strobe = 0;

    function string unfinished(input integer unused);
        unfinished = $sformatf("%0d read bursts, %0d write bursts and %0d write responses are not finished", read_count, write_count, response_count);
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
        begin
            if (!read_valid_next && read_count > 0 && next_edge >= next_read_edge && next_edge >= read_accepted[read_first] + read_latency_cycles) begin
                word = (read_begin[read_first] + read_offset) / BUS_BYTES;
                read_valid_next = 1;
                read_last_next = read_begin[read_first] + read_offset + BUS_BYTES == read_end[read_first];
                if (word < MEMORY_WORDS) read_data_next = memory[word];
            end
            write_ready_next = write_count > 0 && next_edge >= next_write_edge;
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

    // Register outputs and irq as they were just before the last edge
    reg        write_address_taken, write_data_taken, response_given, read_address_taken, read_data_given, interrupt = 0;
    reg [1:0]  response, read_response;
    reg [31:0] read_value;

    // One clock cycle: outputs settle, are looked at, the clock rises, and then the inputs change.
    task step;
        begin
            #1;
            write_address_taken = s_axil_awready;
            write_data_taken = s_axil_wready;
            response_given = s_axil_bvalid;
            response = s_axil_bresp;
            read_address_taken = s_axil_arready;
            read_data_given = s_axil_rvalid;
            read_response = s_axil_rresp;
            read_value = s_axil_rdata;
            interrupt = irq === 1'b1;
            edge_number = edge_number + 1;
            if (!rst) clock_memory;
            clk = 1;
            #1;
            clk = 0;
            m_axi_rvalid = read_valid_next;
            m_axi_rlast = read_last_next;
            m_axi_rdata = read_data_next;
            m_axi_wready = write_ready_next;
            m_axi_bvalid = response_valid_next;
        end
    endtask

    // Control registers
    reg silent = 0;

    task unresponsive(input string message);
        begin
            silent = 1;
            fail("unresponsive", message);
        end
    endtask

    task write_register(input [15:0] address, input [31:0] data);
        integer cycle;
        reg answered;
        if (!silent) begin
            s_axil_awaddr = address;
            s_axil_wdata = data;
            s_axil_awvalid = 1;
            s_axil_wvalid = 1;
            s_axil_bready = 1;
            answered = 0;
            for (cycle = 0; cycle < ACCESS_CYCLES && !answered; cycle = cycle + 1) begin
                step;
                if (write_address_taken === 1'b1) s_axil_awvalid = 0;
                if (write_data_taken === 1'b1) s_axil_wvalid = 0;
                answered = response_given === 1'b1;
            end
            s_axil_bready = 0;
            if (!answered) unresponsive($sformatf("Writing register 0x%0h is not answered", address));
            else if (response != 0) unresponsive($sformatf("Writing register 0x%0h was answered with an error", address));
        end
    endtask

    // Leaves the value in register_value.
    reg [31:0] register_value;
    task read_register(input [15:0] address);
        integer cycle;
        reg answered;
        begin
            register_value = 0;
            if (!silent) begin
                s_axil_araddr = address;
                s_axil_arvalid = 1;
                s_axil_rready = 1;
                answered = 0;
                for (cycle = 0; cycle < ACCESS_CYCLES && !answered; cycle = cycle + 1) begin
                    step;
                    if (read_address_taken === 1'b1) s_axil_arvalid = 0;
                    answered = read_data_given === 1'b1;
                end
                s_axil_rready = 0;
                if (!answered) unresponsive($sformatf("Reading register 0x%0h is not answered", address));
                else if (read_response != 0) unresponsive($sformatf("Reading register 0x%0h was answered with an error", address));
                register_value = read_value;
            end
        end
    endtask

    // The run
    integer    result_file, progress_file, regions_file, read_back_file;
    integer    index;
    reg [31:0] identity;
    reg [63:0] cycles_run = 0;

    task read_settings;
        reg found;
        begin
            found = $value$plusargs("memory_bytes=%d", memory_bytes) != 0 && $value$plusargs("image_words=%d", image_words) != 0
                && $value$plusargs("program_address=%d", program_address) != 0
                && $value$plusargs("maximum_cycles=%d", maximum_cycles) != 0 && $value$plusargs("layers=%d", layers) != 0
                && $value$plusargs("read_latency_cycles=%d", read_latency_cycles) != 0 && $value$plusargs("write_latency_cycles=%d", write_latency_cycles) != 0
                && $value$plusargs("beat_interval_cycles=%d", beat_interval_cycles) != 0 && $value$plusargs("burst_gap_cycles=%d", burst_gap_cycles) != 0;
            if (!found) begin
                $display("error: a plusarg is missing");
                $finish_and_return(2);
            end
        end
    endtask

    task write_result;
        integer index, word;
        string finish_kind, finish_message;
        reg [63:0] finish_edge;
        reg finished;
        begin
            finished = interrupt;
            if (finished && read_count + write_count + response_count > 0) fail("violation", $sformatf("irq rose while %s", unfinished(0)));
            result_file = $fopen("result.txt", "w");
            $fdisplay(result_file, "bus_bytes %0d", BUS_BYTES);
            $fdisplay(result_file, "identity 0x%0h", identity);
            // What reading the registers of a chip in trouble adds is a consequence.
            finish_kind = failure_kind;
            finish_message = failure_message;
            finish_edge = failure_edge;
            read_register(16'h0008);
            $fdisplay(result_file, "chip_status %0d", register_value);
            read_register(16'h0010);
            $fdisplay(result_file, "chip_cycles %0d", register_value);
            $fwrite(result_file, "live_counters");
            for (index = 0; index < LIVE_COUNTERS; index = index + 1) begin
                read_register(16'h0020 + 4 * index);
                $fwrite(result_file, " %0d", register_value);
            end
            $fdisplay(result_file, "");
            for (index = 0; index < layers; index = index + 1) begin
                $fwrite(result_file, "record %0d", index);
                for (word = 0; word < RECORD_WORDS; word = word + 1) begin
                    read_register(16'h1000 + 4 * (index * RECORD_WORDS + word));
                    $fwrite(result_file, " %0d", register_value);
                end
                $fdisplay(result_file, "");
            end
            if (finish_kind == "") begin
                finish_kind = failure_kind;
                finish_message = failure_message;
                finish_edge = failure_edge;
            end
            if (finish_kind != "") begin
                $fdisplay(result_file, "status %0s", finish_kind);
                $fdisplay(result_file, "message clock edge %0d: %0s", finish_edge, finish_message);
            end else if (!finished) begin
                $fdisplay(result_file, "status hang");
                $fdisplay(result_file, "message no irq within %0d cycles; %0s", cycles_run, unfinished(0));
            end else $fdisplay(result_file, "status ok");
            $fdisplay(result_file, "simulated_edges %0d", edge_number);
            $fdisplay(result_file, "seconds 0");
            $fdisplay(result_file, "end");
            $fclose(result_file);
        end
    endtask

    // Each line of regions.txt has the first bus word of a region and how many.
    task write_regions;
        reg [63:0] first, count, word;
        begin
            regions_file = $fopen("regions.txt", "r");
            read_back_file = $fopen("read-back.hex", "w");
            while ($fscanf(regions_file, "%d %d", first, count) == 2) begin
                for (word = first; word < first + count; word = word + 1) $fdisplay(read_back_file, "%h", memory[word]);
            end
            $fclose(regions_file);
            $fclose(read_back_file);
        end
    endtask

    initial begin
        read_settings;
        if (image_words > 0) $readmemh("memory.hex", memory, 0, image_words - 1);
        for (index = image_words; index < MEMORY_WORDS; index = index + 1) memory[index] = 0;
        repeat (RESET_CYCLES) step;
        rst = 0;
        read_register(16'h0000);
        identity = register_value;
        if (identity !== 32'h41444353) unresponsive($sformatf("Register ID reads 0x%0h where every chip has 0x41444353", identity));
        write_register(16'h000c, program_address);
        if (interrupt) unresponsive("irq is set before the chip is started");
        write_register(16'h0004, 1);
        while (!interrupt && failure_kind == "" && cycles_run < maximum_cycles) begin
            step;
            cycles_run = cycles_run + 1;
            if (cycles_run % PROGRESS_CYCLES == 0) begin
                progress_file = $fopen("progress.txt", "w");
                $fdisplay(progress_file, "%0d", cycles_run);
                $fclose(progress_file);
            end
        end
        write_result;
        write_regions;
        $finish;
    end
endmodule
