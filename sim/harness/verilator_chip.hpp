// The chip as Verilator compiled it.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>

#include "Vaccel_top.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

#include "chip_pins.hpp"

namespace autodnnchip {

// Ports of up to 64 bits are integers, wider ones arrays of 32-bit words; both are little-endian bytes on our hosts.
template <class Port>
void* portBytes(Port& port) {
    if constexpr (std::is_integral_v<Port>) {
        return &port;
    } else {
        return port.data();
    }
}

class VerilatorChip {
public:
    static constexpr unsigned busBytes = sizeof(Vaccel_top::m_axi_rdata);
    using Inputs = ChipInputs<busBytes>;
    using Outputs = ChipOutputs<busBytes>;

    // `tracePath` is a VCD file to write, or empty.
    explicit VerilatorChip(const std::string& tracePath) {
        context_->traceEverOn(!tracePath.empty());
        top_ = std::make_unique<Vaccel_top>(context_.get());
#if VM_TRACE
        if (!tracePath.empty()) {
            trace_ = std::make_unique<VerilatedVcdC>();
            top_->trace(trace_.get(), 99);
            trace_->open(tracePath.c_str());
        }
#endif
        top_->m_axi_arready = 1;
        top_->m_axi_awready = 1;
        top_->m_axi_rresp = 0;
        top_->m_axi_bresp = 0;
        top_->s_axil_wstrb = 15;
    }
    VerilatorChip(const VerilatorChip&) = delete;
    VerilatorChip& operator=(const VerilatorChip&) = delete;

    ~VerilatorChip() {
        top_->final();
#if VM_TRACE
        if (trace_) trace_->close();
#endif
    }

    void settle(const Inputs& inputs) {
        top_->clk = 0;
        top_->rst = inputs.reset;
        top_->s_axil_awaddr = inputs.controlWriteAddress;
        top_->s_axil_awvalid = inputs.controlWriteAddressValid;
        top_->s_axil_wdata = inputs.controlWriteData;
        top_->s_axil_wvalid = inputs.controlWriteDataValid;
        top_->s_axil_bready = inputs.controlResponseReady;
        top_->s_axil_araddr = inputs.controlReadAddress;
        top_->s_axil_arvalid = inputs.controlReadAddressValid;
        top_->s_axil_rready = inputs.controlReadDataReady;
        std::memcpy(portBytes(top_->m_axi_rdata), inputs.readData.data(), busBytes);
        top_->m_axi_rlast = inputs.readLast;
        top_->m_axi_rvalid = inputs.readValid;
        top_->m_axi_wready = inputs.writeReady;
        top_->m_axi_bvalid = inputs.responseValid;
        evaluate();
    }

    void sample(Outputs& outputs) const {
        outputs.controlWriteAddressReady = top_->s_axil_awready != 0;
        outputs.controlWriteDataReady = top_->s_axil_wready != 0;
        outputs.controlResponseValid = top_->s_axil_bvalid != 0;
        outputs.controlResponse = top_->s_axil_bresp;
        outputs.controlReadAddressReady = top_->s_axil_arready != 0;
        outputs.controlReadDataValid = top_->s_axil_rvalid != 0;
        outputs.controlReadResponse = top_->s_axil_rresp;
        outputs.controlReadData = top_->s_axil_rdata;
        outputs.read = {top_->m_axi_araddr, top_->m_axi_arlen, top_->m_axi_arsize, top_->m_axi_arburst, top_->m_axi_arvalid != 0};
        outputs.readReady = top_->m_axi_rready != 0;
        outputs.write = {top_->m_axi_awaddr, top_->m_axi_awlen, top_->m_axi_awsize, top_->m_axi_awburst, top_->m_axi_awvalid != 0};
        std::memcpy(outputs.writeData.data(), portBytes(top_->m_axi_wdata), busBytes);
        outputs.writeStrobe = top_->m_axi_wstrb;
        outputs.writeLast = top_->m_axi_wlast != 0;
        outputs.writeValid = top_->m_axi_wvalid != 0;
        outputs.responseReady = top_->m_axi_bready != 0;
        outputs.interrupt = top_->irq != 0;
    }

    void rise() {
        top_->clk = 1;
        evaluate();
    }

private:
    void evaluate() {
        top_->eval();
#if VM_TRACE
        if (trace_) trace_->dump(context_->time());
#endif
        context_->timeInc(1);
    }

    std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
    std::unique_ptr<Vaccel_top> top_;
#if VM_TRACE
    std::unique_ptr<VerilatedVcdC> trace_;
#endif
};

}  // namespace autodnnchip
