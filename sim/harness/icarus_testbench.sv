// Testbench for Icarus Verilog: the same driver as driver.hpp, edge for edge. Settings come as plusargs, memory as
// words of the bus in hexadecimal (memory.hex); the result text goes to result.txt, the bus words of the regions listed
// in regions.txt to read-back.hex. sim/README.md describes all of them.
`timescale 1ns / 1ps
`default_nettype none

module icarus_testbench;
    parameter BUS_BYTES = 8;
    parameter MEMORY_WORDS = 1024;
    localparam RESET_CYCLES = 4;
    localparam ACCESS_CYCLES = 1000;
    localparam PROGRESS_CYCLES = 1024;

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
    // Driven by the chip, and by the memory.
    wire                   s_axil_awready, s_axil_wready, s_axil_bvalid, s_axil_arready, s_axil_rvalid;
    wire [1:0]             s_axil_bresp, s_axil_rresp;
    wire [31:0]            s_axil_rdata;
    wire [31:0]            m_axi_araddr, m_axi_awaddr;
    wire [7:0]             m_axi_arlen, m_axi_awlen;
    wire [2:0]             m_axi_arsize, m_axi_awsize;
    wire [1:0]             m_axi_arburst, m_axi_awburst;
    wire                   m_axi_arvalid, m_axi_rready, m_axi_awvalid, m_axi_wlast, m_axi_wvalid, m_axi_bready;
    wire                   m_axi_rlast, m_axi_rvalid, m_axi_wready, m_axi_bvalid;
    wire [8*BUS_BYTES-1:0] m_axi_wdata, m_axi_rdata;
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

    icarus_memory_model #(.BUS_BYTES(BUS_BYTES), .MEMORY_WORDS(MEMORY_WORDS)) model (
        .m_axi_araddr(m_axi_araddr), .m_axi_arlen(m_axi_arlen), .m_axi_arsize(m_axi_arsize), .m_axi_arburst(m_axi_arburst), .m_axi_arvalid(m_axi_arvalid),
        .m_axi_rdata(m_axi_rdata), .m_axi_rlast(m_axi_rlast), .m_axi_rvalid(m_axi_rvalid), .m_axi_rready(m_axi_rready),
        .m_axi_awaddr(m_axi_awaddr), .m_axi_awlen(m_axi_awlen), .m_axi_awsize(m_axi_awsize), .m_axi_awburst(m_axi_awburst), .m_axi_awvalid(m_axi_awvalid),
        .m_axi_wdata(m_axi_wdata), .m_axi_wstrb(m_axi_wstrb), .m_axi_wlast(m_axi_wlast), .m_axi_wvalid(m_axi_wvalid), .m_axi_wready(m_axi_wready),
        .m_axi_bvalid(m_axi_bvalid), .m_axi_bready(m_axi_bready), .irq(irq)
    );

    // Settings
    reg [63:0] image_words, program_address, maximum_cycles;
    integer    layers, live_counters, record_words;

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
            model.edge_number = model.edge_number + 1;
            if (!rst) model.clock_memory;
            clk = 1;
            #1;
            clk = 0;
            model.apply;
        end
    endtask

    // Control registers
    reg silent = 0;

    task unresponsive(input string message);
        begin
            silent = 1;
            model.fail("unresponsive", message);
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
            found = $value$plusargs("memory_bytes=%d", model.memory_bytes) != 0 && $value$plusargs("image_words=%d", image_words) != 0
                && $value$plusargs("program_address=%d", program_address) != 0
                && $value$plusargs("maximum_cycles=%d", maximum_cycles) != 0 && $value$plusargs("layers=%d", layers) != 0
                && $value$plusargs("live_counters=%d", live_counters) != 0 && $value$plusargs("record_words=%d", record_words) != 0
                && $value$plusargs("read_latency_cycles=%d", model.read_latency_cycles) != 0 && $value$plusargs("write_latency_cycles=%d", model.write_latency_cycles) != 0
                && $value$plusargs("beat_interval_cycles=%d", model.beat_interval_cycles) != 0 && $value$plusargs("burst_gap_cycles=%d", model.burst_gap_cycles) != 0
                && $value$plusargs("shared_bytes_per_kilocycle=%d", model.shared_bytes_per_kilocycle) != 0;
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
            if (finished && model.busy(0)) model.fail("violation", $sformatf("irq rose while %s", model.unfinished(0)));
            result_file = $fopen("result.txt", "w");
            $fdisplay(result_file, "bus_bytes %0d", BUS_BYTES);
            $fdisplay(result_file, "identity 0x%0h", identity);
            // What reading the registers of a chip in trouble adds is a consequence.
            finish_kind = model.failure_kind;
            finish_message = model.failure_message;
            finish_edge = model.failure_edge;
            read_register(icarus_registers::STATUS);
            $fdisplay(result_file, "chip_status %0d", register_value);
            read_register(icarus_registers::CYCLES);
            $fdisplay(result_file, "chip_cycles %0d", register_value);
            $fwrite(result_file, "live_counters");
            for (index = 0; index < live_counters; index = index + 1) begin
                read_register(icarus_registers::COUNTERS + 4 * index);
                $fwrite(result_file, " %0d", register_value);
            end
            $fdisplay(result_file, "");
            for (index = 0; index < layers; index = index + 1) begin
                $fwrite(result_file, "record %0d", index);
                for (word = 0; word < record_words; word = word + 1) begin
                    read_register(icarus_registers::RECORDS + 4 * (index * record_words + word));
                    $fwrite(result_file, " %0d", register_value);
                end
                $fdisplay(result_file, "");
            end
            if (finish_kind == "") begin
                finish_kind = model.failure_kind;
                finish_message = model.failure_message;
                finish_edge = model.failure_edge;
            end
            if (finish_kind != "") begin
                $fdisplay(result_file, "status %0s", finish_kind);
                $fdisplay(result_file, "message clock edge %0d: %0s", finish_edge, finish_message);
            end else if (!finished) begin
                $fdisplay(result_file, "status hang");
                $fdisplay(result_file, "message no irq within %0d cycles; %0s", cycles_run, model.unfinished(0));
            end else $fdisplay(result_file, "status ok");
            $fdisplay(result_file, "simulated_edges %0d", model.edge_number);
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
                for (word = first; word < first + count; word = word + 1) $fdisplay(read_back_file, "%h", model.memory[word]);
            end
            $fclose(regions_file);
            $fclose(read_back_file);
        end
    endtask

    initial begin
        read_settings;
        if (image_words > 0) $readmemh("memory.hex", model.memory, 0, image_words - 1);
        for (index = image_words; index < MEMORY_WORDS; index = index + 1) model.memory[index] = 0;
        repeat (RESET_CYCLES) step;
        rst = 0;
        read_register(icarus_registers::ID);
        identity = register_value;
        if (identity !== icarus_registers::IDENTITY) unresponsive($sformatf("Register ID reads 0x%0h where every chip has 0x%0h", identity, icarus_registers::IDENTITY));
        write_register(icarus_registers::PROGRAM_ADDRESS, program_address);
        if (interrupt) unresponsive("irq is set before the chip is started");
        write_register(icarus_registers::CONTROL, 1 << icarus_registers::CONTROL_START_BIT);
        while (!interrupt && model.failure_kind == "" && cycles_run < maximum_cycles) begin
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

`default_nettype wire
