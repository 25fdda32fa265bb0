// The chip as Yosys wrote it in C++ (write_cxxrtl).
#pragma once

#include <cstdint>
#include <cstring>

#include "accel_top_cxxrtl.hpp"

#include "chip_pins.hpp"

namespace autodnnchip {

// What a port holds: registered outputs are wires, all others values.
template <std::size_t bits>
const cxxrtl::value<bits>& current(const cxxrtl::value<bits>& port) {
    return port;
}
template <std::size_t bits>
const cxxrtl::value<bits>& current(const cxxrtl::wire<bits>& port) {
    return port.curr;
}

template <class Port>
std::uint32_t number(const Port& port) {
    return current(port).template get<std::uint32_t>();
}

template <std::size_t bits>
constexpr unsigned byteCount(const cxxrtl::value<bits>*) {
    return bits / 8;
}

class CxxrtlChip {
    using Top = cxxrtl_design::p_accel__top;

public:
    static constexpr unsigned busBytes = byteCount(static_cast<decltype(Top::p_m__axi__rdata)*>(nullptr));
    using Inputs = ChipInputs<busBytes>;
    using Outputs = ChipOutputs<busBytes>;

    CxxrtlChip() {
        top_.p_m__axi__arready.set(true);
        top_.p_m__axi__awready.set(true);
        top_.p_m__axi__rresp.set(0u);
        top_.p_m__axi__bresp.set(0u);
        top_.p_s__axil__wstrb.set(15u);
        settlesAtOnce_ = top_.eval();
        top_.commit();
        if (!settlesAtOnce_) top_.step();
    }
    CxxrtlChip(const CxxrtlChip&) = delete;
    CxxrtlChip& operator=(const CxxrtlChip&) = delete;

    // One evaluation does for both halves of the clock where it settles everything, as in a flattened design: it
    // computes the outputs of this state and, the clock being high, the next state, which commit() then takes over.
    void settle(const Inputs& inputs) {
        top_.p_rst.set(inputs.reset);
        top_.p_s__axil__awaddr.set(inputs.controlWriteAddress);
        top_.p_s__axil__awvalid.set(inputs.controlWriteAddressValid);
        top_.p_s__axil__wdata.set(inputs.controlWriteData);
        top_.p_s__axil__wvalid.set(inputs.controlWriteDataValid);
        top_.p_s__axil__bready.set(inputs.controlResponseReady);
        top_.p_s__axil__araddr.set(inputs.controlReadAddress);
        top_.p_s__axil__arvalid.set(inputs.controlReadAddressValid);
        top_.p_s__axil__rready.set(inputs.controlReadDataReady);
        std::memcpy(top_.p_m__axi__rdata.data, inputs.readData.data(), busBytes);
        top_.p_m__axi__rlast.set(inputs.readLast);
        top_.p_m__axi__rvalid.set(inputs.readValid);
        top_.p_m__axi__wready.set(inputs.writeReady);
        top_.p_m__axi__bvalid.set(inputs.responseValid);
        if (!settlesAtOnce_) top_.step();
        top_.p_clk.set(true);
        top_.eval();
    }

    void sample(Outputs& outputs) const {
        outputs.controlWriteAddressReady = number(top_.p_s__axil__awready) != 0;
        outputs.controlWriteDataReady = number(top_.p_s__axil__wready) != 0;
        outputs.controlResponseValid = number(top_.p_s__axil__bvalid) != 0;
        outputs.controlResponse = static_cast<std::uint8_t>(number(top_.p_s__axil__bresp));
        outputs.controlReadAddressReady = number(top_.p_s__axil__arready) != 0;
        outputs.controlReadDataValid = number(top_.p_s__axil__rvalid) != 0;
        outputs.controlReadResponse = static_cast<std::uint8_t>(number(top_.p_s__axil__rresp));
        outputs.controlReadData = number(top_.p_s__axil__rdata);
        outputs.read = {number(top_.p_m__axi__araddr), static_cast<std::uint8_t>(number(top_.p_m__axi__arlen)),
                        static_cast<std::uint8_t>(number(top_.p_m__axi__arsize)), static_cast<std::uint8_t>(number(top_.p_m__axi__arburst)),
                        number(top_.p_m__axi__arvalid) != 0};
        outputs.readReady = number(top_.p_m__axi__rready) != 0;
        outputs.write = {number(top_.p_m__axi__awaddr), static_cast<std::uint8_t>(number(top_.p_m__axi__awlen)),
                         static_cast<std::uint8_t>(number(top_.p_m__axi__awsize)), static_cast<std::uint8_t>(number(top_.p_m__axi__awburst)),
                         number(top_.p_m__axi__awvalid) != 0};
        std::memcpy(outputs.writeData.data(), current(top_.p_m__axi__wdata).data, busBytes);
        outputs.writeStrobe = number(top_.p_m__axi__wstrb);
        outputs.writeLast = number(top_.p_m__axi__wlast) != 0;
        outputs.writeValid = number(top_.p_m__axi__wvalid) != 0;
        outputs.responseReady = number(top_.p_m__axi__bready) != 0;
        outputs.interrupt = number(top_.p_irq) != 0;
    }

    // The clock is low again when the new state is taken over, so that the next evaluation sees it rise.
    void rise() {
        top_.p_clk.set(false);
        top_.commit();
    }

private:
    Top top_;
    bool settlesAtOnce_ = false;
};

}  // namespace autodnnchip
