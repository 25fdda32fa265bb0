// Runs a chip: reset, start, clock until its interrupt, read its registers. `Chip` is one simulator's accel_top:
//     static constexpr unsigned busBytes;
//     void settle(const ChipInputs<busBytes>&);         clock low, these inputs applied
//     void sample(ChipOutputs<busBytes>&) const;        the outputs as they are now
//     void rise();                                      rising clock edge
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chip_pins.hpp"
#include "control_registers.h"
#include "diagnostics.hpp"
#include "memory_model.hpp"
#include "run_result.hpp"

namespace autodnnchip {

struct RunSettings {
    MemoryTiming timing;
    std::uint32_t programAddress = 0;
    // From the start command on.
    std::uint64_t maximumCycles = 0;
    unsigned layerCount = 0;
    // Those of a chip of four units: three counters each, and a record of them with a cycle stamp.
    unsigned liveCounters = 12;
    unsigned recordWords = 16;
};

template <class Chip>
class Driver {
public:
    static constexpr unsigned busBytes = Chip::busBytes;

    Driver(Chip& chip, std::uint8_t* memory, std::uint64_t memoryBytes, const RunSettings& settings)
        : chip_(chip), settings_(settings), memory_(memory, memoryBytes, settings.timing, diagnostics_) {}

    // Resets the chip and gives the start command.
    void begin() {
        inputs_.reset = true;
        for (unsigned cycle = 0; cycle < resetCycles; ++cycle) step();
        inputs_.reset = false;
        result_.busBytes = busBytes;
        result_.identity = readRegister(ADC_ID);
        if (result_.identity != ADC_IDENTITY) unresponsive("Register ID reads " + hexadecimal(result_.identity) + " where every chip has " + hexadecimal(ADC_IDENTITY));
        writeRegister(ADC_PROGRAM_ADDRESS, settings_.programAddress);
        if (outputs_.interrupt) unresponsive("irq is set before the chip is started");
        writeRegister(ADC_CONTROL, ADC_CONTROL_START);
    }

    // Clocks at most `cycles` more cycles. Returns whether the run is over.
    bool advance(std::uint64_t cycles) {
        for (; cycles > 0; --cycles) {
            if (outputs_.interrupt || diagnostics_.failed() || cyclesRun_ >= settings_.maximumCycles) return true;
            step();
            ++cyclesRun_;
        }
        return outputs_.interrupt || diagnostics_.failed();
    }

    // Reads what the registers hold, whether the chip has finished or not. Call once.
    RunResult finish() {
        const bool finished = outputs_.interrupt;
        if (finished && !diagnostics_.failed() && !memory_.quiet()) {
            diagnostics_.fail("violation", edge_, "irq rose while " + memory_.describeUnfinished());
        }
        const Diagnostics atEnd = diagnostics_;
        readCounters();
        const Diagnostics& diagnostics = atEnd.failed() ? atEnd : diagnostics_;
        if (diagnostics.failed()) {
            result_.status = diagnostics.kind();
            result_.message = "clock edge " + std::to_string(diagnostics.edge()) + ": " + diagnostics.message();
        } else if (!finished) {
            result_.status = "hang";
            result_.message = "no irq within " + std::to_string(cyclesRun_) + " cycles; " + memory_.describeUnfinished();
        }
        result_.simulatedEdges = edge_;
        return result_;
    }

    std::uint64_t cyclesRun() const { return cyclesRun_; }

private:
    static constexpr unsigned resetCycles = 4;
    // A register access that takes longer is not answered at all.
    static constexpr unsigned accessCycles = 1000;

    void step() {
        chip_.settle(inputs_);
        chip_.sample(outputs_);
        chip_.rise();
        ++edge_;
        if (!inputs_.reset) memory_.clock(edge_, outputs_, inputs_);
    }

    void readCounters() {
        result_.chipStatus = readRegister(ADC_STATUS);
        result_.chipCycles = readRegister(ADC_CYCLES);
        result_.liveCounters = readWords(ADC_COUNTERS, settings_.liveCounters);
        for (unsigned layer = 0; layer < settings_.layerCount; ++layer) {
            result_.records.push_back(readWords(ADC_RECORDS + 4 * layer * settings_.recordWords, settings_.recordWords));
        }
    }

    std::vector<std::uint32_t> readWords(unsigned address, unsigned count) {
        std::vector<std::uint32_t> words;
        for (unsigned word = 0; word < count; ++word) words.push_back(readRegister(static_cast<std::uint16_t>(address + 4 * word)));
        return words;
    }

    void writeRegister(std::uint16_t address, std::uint32_t data) {
        if (silent_) return;
        inputs_.controlWriteAddress = address;
        inputs_.controlWriteData = data;
        inputs_.controlWriteAddressValid = true;
        inputs_.controlWriteDataValid = true;
        inputs_.controlResponseReady = true;
        for (unsigned cycle = 0; cycle < accessCycles; ++cycle) {
            step();
            if (outputs_.controlWriteAddressReady) inputs_.controlWriteAddressValid = false;
            if (outputs_.controlWriteDataReady) inputs_.controlWriteDataValid = false;
            if (!outputs_.controlResponseValid) continue;
            inputs_.controlResponseReady = false;
            if (outputs_.controlResponse != 0) unresponsive("Writing register " + hexadecimal(address) + " was answered with an error");
            return;
        }
        unresponsive("Writing register " + hexadecimal(address) + " is not answered");
    }

    std::uint32_t readRegister(std::uint16_t address) {
        if (silent_) return 0;
        inputs_.controlReadAddress = address;
        inputs_.controlReadAddressValid = true;
        inputs_.controlReadDataReady = true;
        for (unsigned cycle = 0; cycle < accessCycles; ++cycle) {
            step();
            if (outputs_.controlReadAddressReady) inputs_.controlReadAddressValid = false;
            if (!outputs_.controlReadDataValid) continue;
            inputs_.controlReadDataReady = false;
            if (outputs_.controlReadResponse != 0) unresponsive("Reading register " + hexadecimal(address) + " was answered with an error");
            return outputs_.controlReadData;
        }
        unresponsive("Reading register " + hexadecimal(address) + " is not answered");
        return 0;
    }

    void unresponsive(const std::string& message) {
        silent_ = true;
        diagnostics_.fail("unresponsive", edge_, message);
    }

    Chip& chip_;
    const RunSettings settings_;
    Diagnostics diagnostics_;
    MemoryModel<busBytes> memory_;
    ChipInputs<busBytes> inputs_;
    ChipOutputs<busBytes> outputs_;
    RunResult result_;
    std::uint64_t edge_ = 0;
    std::uint64_t cyclesRun_ = 0;
    bool silent_ = false;
};

}  // namespace autodnnchip
