// Runs a chip step by step against a memory whose handshakes may stall at random:
//     stall_bench IMAGE MEMORY-BYTES PROGRAM-ADDRESS LAYERS READ-LATENCY WRITE-LATENCY BEAT-INTERVAL BURST-GAP STEP...
// Steps: reset                  reset of chip and memory
//        image                  memory becomes the image again
//        stall PERCENT SEED     from now on every ready and valid of the memory is held back in so many percent of cycles
//        run                    one inference; prints "run CYCLES RECORD-WORD...", and writes memory to run-N.bin
//        abandon CYCLES         starts an inference and leaves it after so many cycles
// The memory behind the stalls is that of the simulation harness, with all its checks.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "control_registers.h"
#include "Vaccel_top.h"
#include "memory_model.hpp"
#include "verilated.h"

namespace {

using namespace autodnnchip;

constexpr unsigned busBytes = sizeof(Vaccel_top::m_axi_rdata);
using Inputs = ChipInputs<busBytes>;
using Outputs = ChipOutputs<busBytes>;

// Random gates on the five channels of the memory port.
class Stalls {
public:
    void set(unsigned percent, unsigned seed) {
        percent_ = percent;
        random_.seed(seed);
    }
    bool open() { return random_() % 100 >= percent_; }

private:
    unsigned percent_ = 0;
    std::mt19937 random_;
};

class Bench {
public:
    Bench(std::vector<std::uint8_t> image, std::uint64_t memoryBytes, std::uint32_t programAddress, unsigned layers, const MemoryTiming& timing)
        : image_(std::move(image)), bytes_(memoryBytes), programAddress_(programAddress), layers_(layers), timing_(timing) {
        loadImage();
        top_.m_axi_rresp = 0;
        top_.m_axi_bresp = 0;
        top_.s_axil_wstrb = 15;
        reset();
    }

    void loadImage() {
        std::fill(bytes_.begin(), bytes_.end(), 0);
        std::copy(image_.begin(), image_.end(), bytes_.begin());
    }

    void stall(unsigned percent, unsigned seed) { stalls_.set(percent, seed); }

    void reset() {
        memory_ = std::make_unique<MemoryModel<busBytes>>(bytes_.data(), bytes_.size(), timing_, diagnostics_);
        inputs_ = Inputs{};
        responseShown_ = false;
        readAddressReady_ = writeAddressReady_ = false;
        waitingRead_ = waitingWrite_ = BurstAddress{};
        inputs_.reset = true;
        for (int cycle = 0; cycle < 4; ++cycle) step();
        inputs_.reset = false;
    }

    void start() {
        writeRegister(0x0c, programAddress_);
        if (readRegister(0x0c) != programAddress_) throw std::runtime_error("the program address does not read back");
        writeRegister(0x04, 1);
    }

    void abandon(std::uint64_t cycles) {
        start();
        for (; cycles > 0; --cycles) step();
        if (top_.irq) throw std::runtime_error("the run that was to be abandoned has ended");
    }

    void run() {
        start();
        for (int cycle = 0; cycle < 8 && top_.irq; ++cycle) step();
        for (std::uint64_t cycle = 0; !top_.irq; ++cycle) {
            if (cycle > 20'000'000) throw std::runtime_error("no interrupt");
            step();
        }
        if (!memory_->quiet()) throw std::runtime_error("interrupt while " + memory_->describeUnfinished());
        if (readRegister(ADC_STATUS) != ADC_STATUS_DONE) throw std::runtime_error("STATUS is not 'done'");
        std::printf("run %u", readRegister(ADC_CYCLES));
        for (unsigned layer = 0; layer < layers_; ++layer) {
            for (unsigned word = 0; word < 13; ++word) std::printf(" %u", readRegister(ADC_RECORDS + 64 * layer + 4 * word));
        }
        std::printf("\n");
        std::ofstream file("run-" + std::to_string(runs_++) + ".bin", std::ios::binary);
        file.write(reinterpret_cast<const char*>(bytes_.data()), static_cast<std::streamsize>(bytes_.size()));
        if (!file.flush()) throw std::runtime_error("the memory cannot be written to a file");
    }

private:
    void step() {
        top_.clk = 0;
        top_.rst = inputs_.reset;
        top_.s_axil_awaddr = inputs_.controlWriteAddress;
        top_.s_axil_awvalid = inputs_.controlWriteAddressValid;
        top_.s_axil_wdata = inputs_.controlWriteData;
        top_.s_axil_wvalid = inputs_.controlWriteDataValid;
        top_.s_axil_bready = inputs_.controlResponseReady;
        top_.s_axil_araddr = inputs_.controlReadAddress;
        top_.s_axil_arvalid = inputs_.controlReadAddressValid;
        top_.s_axil_rready = inputs_.controlReadDataReady;
        // Data means nothing while it is not valid.
        if (!inputs_.readValid) for (auto& byte : inputs_.readData) byte = static_cast<std::uint8_t>(edge_ * 37);
        std::memcpy(&top_.m_axi_rdata, inputs_.readData.data(), busBytes);
        top_.m_axi_rlast = inputs_.readValid ? inputs_.readLast : edge_ & 1;
        top_.m_axi_rvalid = inputs_.readValid;
        top_.m_axi_wready = inputs_.writeReady;
        top_.m_axi_bvalid = inputs_.responseValid;
        top_.m_axi_arready = readAddressReady_;
        top_.m_axi_awready = writeAddressReady_;
        top_.eval();
        Outputs outputs;
        outputs.read = {top_.m_axi_araddr, top_.m_axi_arlen, top_.m_axi_arsize, top_.m_axi_arburst, top_.m_axi_arvalid != 0};
        outputs.write = {top_.m_axi_awaddr, top_.m_axi_awlen, top_.m_axi_awsize, top_.m_axi_awburst, top_.m_axi_awvalid != 0};
        outputs.readReady = top_.m_axi_rready != 0;
        std::memcpy(outputs.writeData.data(), &top_.m_axi_wdata, busBytes);
        outputs.writeStrobe = top_.m_axi_wstrb;
        outputs.writeLast = top_.m_axi_wlast != 0;
        outputs.writeValid = top_.m_axi_wvalid != 0;
        outputs.responseReady = top_.m_axi_bready != 0;
        control_ = {top_.s_axil_awready != 0, top_.s_axil_wready != 0, top_.s_axil_bvalid != 0, top_.s_axil_arready != 0, top_.s_axil_rvalid != 0, top_.s_axil_rdata};
        top_.clk = 1;
        top_.eval();
        ++edge_;
        if (!inputs_.reset) clockMemory(outputs);
        if (diagnostics_.failed()) throw std::runtime_error("clock edge " + std::to_string(diagnostics_.edge()) + ": " + diagnostics_.message());
    }

    // The memory behind the gates: it sees only what they let through.
    void clockMemory(Outputs& outputs) {
        holdsAddress(waitingRead_, outputs.read, readAddressReady_, "Read");
        holdsAddress(waitingWrite_, outputs.write, writeAddressReady_, "Write");
        outputs.read.valid = outputs.read.valid && readAddressReady_;
        outputs.write.valid = outputs.write.valid && writeAddressReady_;
        responseShown_ = inputs_.responseValid && !outputs.responseReady;
        memory_->clock(edge_, outputs, inputs_);
        // What has been shown and not taken stays: of the memory's valid signals that can happen to responses alone.
        inputs_.readValid = inputs_.readValid && stalls_.open();
        inputs_.writeReady = inputs_.writeReady && stalls_.open();
        inputs_.responseValid = inputs_.responseValid && (responseShown_ || stalls_.open());
        readAddressReady_ = stalls_.open();
        writeAddressReady_ = stalls_.open();
    }

    // An address that was not taken must be offered again, unchanged.
    static void holdsAddress(BurstAddress& waiting, const BurstAddress& now, bool ready, const char* what) {
        if (waiting.valid && (!now.valid || now.address != waiting.address || now.length != waiting.length)) {
            throw std::runtime_error(std::string(what) + " address changed before it was taken");
        }
        waiting = now;
        waiting.valid = now.valid && !ready;
    }

    // The two halves of a write come in any order and distance.
    void writeRegister(std::uint16_t address, std::uint32_t data) {
        inputs_.controlWriteAddress = address;
        inputs_.controlWriteData = data;
        bool addressTaken = false;
        bool dataTaken = false;
        for (int cycle = 0; cycle < 2000; ++cycle) {
            inputs_.controlWriteAddressValid = inputs_.controlWriteAddressValid || (!addressTaken && stalls_.open());
            inputs_.controlWriteDataValid = inputs_.controlWriteDataValid || (!dataTaken && stalls_.open());
            inputs_.controlResponseReady = stalls_.open();
            step();
            if (inputs_.controlWriteAddressValid && control_.writeAddressReady) {
                addressTaken = true;
                inputs_.controlWriteAddressValid = false;
            }
            if (inputs_.controlWriteDataValid && control_.writeDataReady) {
                dataTaken = true;
                inputs_.controlWriteDataValid = false;
            }
            if (!control_.responseValid || !inputs_.controlResponseReady) continue;
            inputs_.controlResponseReady = false;
            if (!addressTaken || !dataTaken) throw std::runtime_error("a register write was answered before it was taken");
            return;
        }
        throw std::runtime_error("a register write is not answered");
    }

    std::uint32_t readRegister(std::uint16_t address) {
        inputs_.controlReadAddress = address;
        inputs_.controlReadAddressValid = true;
        for (int cycle = 0; cycle < 2000; ++cycle) {
            inputs_.controlReadDataReady = stalls_.open();
            step();
            if (inputs_.controlReadAddressValid && control_.readAddressReady) {
                inputs_.controlReadAddressValid = false;
                inputs_.controlReadAddress = 0xffff;
            }
            if (!control_.readDataValid || !inputs_.controlReadDataReady) continue;
            inputs_.controlReadDataReady = false;
            return control_.readData;
        }
        throw std::runtime_error("a register read is not answered");
    }

    struct Control {
        bool writeAddressReady, writeDataReady, responseValid, readAddressReady, readDataValid;
        std::uint32_t readData;
    };

    const std::vector<std::uint8_t> image_;
    std::vector<std::uint8_t> bytes_;
    const std::uint32_t programAddress_;
    const unsigned layers_;
    const MemoryTiming timing_;
    Vaccel_top top_;
    Diagnostics diagnostics_;
    std::unique_ptr<MemoryModel<busBytes>> memory_;
    Stalls stalls_;
    Inputs inputs_;
    Control control_{};
    BurstAddress waitingRead_;
    BurstAddress waitingWrite_;
    bool readAddressReady_ = false;
    bool writeAddressReady_ = false;
    bool responseShown_ = false;
    std::uint64_t edge_ = 0;
    unsigned runs_ = 0;
};

std::vector<std::uint8_t> readFile(const char* path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    std::vector<std::uint8_t> bytes(file ? static_cast<std::size_t>(file.tellg()) : 0);
    file.seekg(0);
    if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) throw std::runtime_error(std::string(path) + " cannot be read");
    return bytes;
}

}  // namespace

int main(int count, char** arguments) {
    if (count == 2 && std::string(arguments[1]) == "--version") {
        std::printf("stall bench 1.0\n");
        return 0;
    }
    try {
        if (count < 9) throw std::runtime_error("too few arguments");
        const auto number = [&](int index) { return std::strtoull(index < count ? arguments[index] : "0", nullptr, 10); };
        // Registers and memories wake up with anything in them.
        Verilated::randReset(2);
        Verilated::randSeed(static_cast<int>(number(3) % 1'000'000) + 1);
        Bench bench(readFile(arguments[1]), number(2), static_cast<std::uint32_t>(number(3)), static_cast<unsigned>(number(4)), {number(5), number(6), number(7), number(8)});
        for (int index = 9; index < count; ++index) {
            const std::string step = arguments[index];
            if (step == "reset") bench.reset();
            else if (step == "image") bench.loadImage();
            else if (step == "run") bench.run();
            else if (step == "abandon") bench.abandon(number(++index));
            else if (step == "stall") {
                bench.stall(static_cast<unsigned>(number(index + 1)), static_cast<unsigned>(number(index + 2)));
                index += 2;
            } else throw std::runtime_error("no such step: " + step);
        }
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
