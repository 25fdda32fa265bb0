// The pins of a generated chip, as plain data: what the harness drives and what it sees.
#pragma once

#include <array>
#include <cstdint>

namespace autodnnchip {

// Driven by the harness. Ready and valid are set from registered state only, between two rising clock edges.
template <unsigned busBytes>
struct ChipInputs {
    bool reset = false;
    // AXI4-Lite: control registers
    std::uint16_t controlWriteAddress = 0;
    bool controlWriteAddressValid = false;
    std::uint32_t controlWriteData = 0;
    bool controlWriteDataValid = false;
    bool controlResponseReady = false;
    std::uint16_t controlReadAddress = 0;
    bool controlReadAddressValid = false;
    bool controlReadDataReady = false;
    // AXI4: external memory. Address channels are always ready.
    std::array<std::uint8_t, busBytes> readData{};
    bool readLast = false;
    bool readValid = false;
    bool writeReady = false;
    bool responseValid = false;
};

// One address beat of an AXI4 burst.
struct BurstAddress {
    std::uint32_t address = 0;
    std::uint8_t length = 0;  // beats - 1
    std::uint8_t size = 0;    // log2 of the bytes in a beat
    std::uint8_t burst = 0;   // 1 is INCR
    bool valid = false;
};

// Sampled just before a rising clock edge.
template <unsigned busBytes>
struct ChipOutputs {
    // AXI4-Lite
    bool controlWriteAddressReady = false;
    bool controlWriteDataReady = false;
    bool controlResponseValid = false;
    std::uint8_t controlResponse = 0;
    bool controlReadAddressReady = false;
    bool controlReadDataValid = false;
    std::uint8_t controlReadResponse = 0;
    std::uint32_t controlReadData = 0;
    // AXI4
    BurstAddress read;
    bool readReady = false;
    BurstAddress write;
    std::array<std::uint8_t, busBytes> writeData{};
    std::uint32_t writeStrobe = 0;
    bool writeLast = false;
    bool writeValid = false;
    bool responseReady = false;

    bool interrupt = false;
};

}  // namespace autodnnchip
