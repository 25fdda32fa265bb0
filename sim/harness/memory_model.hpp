// External memory behind the chip's AXI4 master. The timing rules are written down in sim/README.md; the SystemVerilog
// testbench has the same model, and the fine prediction reproduces it cycle for cycle.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>

#include "chip_pins.hpp"
#include "diagnostics.hpp"

namespace autodnnchip {

struct MemoryTiming {
    std::uint64_t readLatencyCycles = 1;
    std::uint64_t writeLatencyCycles = 1;
    std::uint64_t beatIntervalCycles = 1;
    std::uint64_t burstGapCycles = 0;
    std::uint64_t sharedBytesPerKilocycle = 0;  // 0: reads and writes share nothing
};

// A burst that the memory has accepted and not yet finished.
struct Burst {
    std::uint64_t acceptedEdge = 0;
    std::uint64_t begin = 0;     // first byte
    std::uint64_t end = 0;       // one past the last byte
    std::uint64_t position = 0;  // byte address of the next beat
};

// When the next beat of a data channel may be accepted.
class BeatPacer {
public:
    explicit BeatPacer(const MemoryTiming& timing) : timing_(timing) {}

    void accepted(std::uint64_t edge, bool last) {
        next_ = edge + timing_.beatIntervalCycles + (last ? timing_.burstGapCycles : 0);
    }
    std::uint64_t earliestEdge() const { return next_; }

private:
    const MemoryTiming& timing_;
    std::uint64_t next_ = 0;
};

// What reads and writes share: the memory itself, which serves one burst at a time. Times are in ticks, of which a cycle has
// sharedBytesPerKilocycle and a byte needs 1000, so that all are whole.
class SharedBandwidth {
public:
    explicit SharedBandwidth(const MemoryTiming& timing) : ticksPerCycle_(timing.sharedBytesPerKilocycle) {}

    // Whether a burst may begin at the edge.
    bool free(std::uint64_t edge) const { return freeTick_ <= edge * ticksPerCycle_; }

    void begin(std::uint64_t edge, std::uint64_t bytes, bool isRead) {
        lastWasRead_ = isRead;
        if (ticksPerCycle_ == 0) return;
        // Where the memory came free within the cycle before the edge, that part of the cycle counts.
        if (edge > 0 && freeTick_ <= (edge - 1) * ticksPerCycle_) freeTick_ = edge * ticksPerCycle_;
        freeTick_ += bytes * 1000;
    }
    bool lastWasRead() const { return lastWasRead_; }

private:
    std::uint64_t ticksPerCycle_;
    std::uint64_t freeTick_ = 0;
    bool lastWasRead_ = false;
};

template <unsigned busBytes>
class MemoryModel {
public:
    using Inputs = ChipInputs<busBytes>;
    using Outputs = ChipOutputs<busBytes>;

    // `bytes` stays the caller's and holds the memory from address 0.
    MemoryModel(std::uint8_t* bytes, std::uint64_t size, const MemoryTiming& timing, Diagnostics& diagnostics)
        : bytes_(bytes), size_(size), timing_(timing), diagnostics_(diagnostics), readPacer_(timing_), writePacer_(timing_), shared_(timing_) {}
    MemoryModel(const MemoryModel&) = delete;
    MemoryModel& operator=(const MemoryModel&) = delete;

    // Does what a rising clock edge does: `inputs` and `outputs` are the pins just before it, then `inputs` becomes what
    // is driven towards the next edge.
    void clock(std::uint64_t edge, const Outputs& outputs, Inputs& inputs) {
        edge_ = edge;
        if (inputs.readValid && outputs.readReady) takeReadBeat(inputs);
        if (outputs.read.valid) acceptRead(outputs.read);
        checkStalledBeat(outputs);
        stalled_ = outputs.writeValid && !inputs.writeReady;
        if (stalled_) rememberStalledBeat(outputs);
        if (outputs.writeValid && inputs.writeReady) takeWriteBeat(outputs);
        if (inputs.responseValid && outputs.responseReady) takeResponse(inputs);
        if (outputs.write.valid) acceptWrite(outputs.write);
        drive(edge + 1, inputs);
    }

    // Whether nothing is under way.
    bool quiet() const { return reads_.empty() && writes_.empty() && responses_.empty(); }

    std::string describeUnfinished() const {
        return std::to_string(reads_.size()) + " read bursts, " + std::to_string(writes_.size()) + " write bursts and " +
               std::to_string(responses_.size()) + " write responses are not finished";
    }

private:
    void takeReadBeat(Inputs& inputs) {
        Burst& burst = reads_.front();
        burst.position += busBytes;
        readPacer_.accepted(edge_, inputs.readLast);
        if (inputs.readLast) reads_.pop_front();
        inputs.readValid = false;
    }

    void acceptRead(const BurstAddress& request) {
        const Burst burst = checkedBurst(request, "Read");
        for (const Burst& write : writes_) checkOrder(burst, write, "Read", "a write that is not acknowledged");
        for (const Response& response : responses_) checkOrder(burst, response.burst, "Read", "a write that is not acknowledged");
        reads_.push_back(burst);
    }

    void acceptWrite(const BurstAddress& request) {
        const Burst burst = checkedBurst(request, "Write");
        for (const Burst& read : reads_) checkOrder(burst, read, "Write", "a read that is not finished");
        writes_.push_back(burst);
    }

    void takeWriteBeat(const Outputs& outputs) {
        Burst& burst = writes_.front();
        if (burst.position + busBytes <= size_) {
            for (unsigned lane = 0; lane < busBytes; ++lane) {
                if ((outputs.writeStrobe >> lane & 1u) != 0) bytes_[burst.position + lane] = outputs.writeData[lane];
            }
        }
        burst.position += busBytes;
        beginWrite(burst, edge_);
        const bool last = burst.position == burst.end;
        if (outputs.writeLast != last) {
            fail(std::string("wlast is ") + (last ? "missing on the last beat" : "set before the last beat") + " of the write burst at " + hexadecimal(burst.begin));
        }
        writePacer_.accepted(edge_, last);
        if (last) {
            responses_.push_back({burst, edge_ + timing_.writeLatencyCycles});
            writes_.pop_front();
            writeBegun_ = false;
        }
    }

    void takeResponse(Inputs& inputs) {
        responses_.pop_front();
        inputs.responseValid = false;
    }

    // Sets the memory's outputs towards the given edge.
    void drive(std::uint64_t nextEdge, Inputs& inputs) {
        // Of two bursts that could begin at the same edge, a write goes first that waits while the last to begin was a read.
        const bool writePaced = !writes_.empty() && nextEdge >= writePacer_.earliestEdge();
        if (writePaced && stalled_ && shared_.lastWasRead() && shared_.free(nextEdge)) beginWrite(writes_.front(), nextEdge);
        if (!inputs.readValid && !reads_.empty()) {
            const Burst& burst = reads_.front();
            const bool begun = burst.position != burst.begin;
            // Within a burst the address was accepted latency cycles before the first beat, so that term is met already.
            if (nextEdge >= std::max(burst.acceptedEdge + timing_.readLatencyCycles, readPacer_.earliestEdge()) && (begun || shared_.free(nextEdge))) {
                if (!begun) shared_.begin(nextEdge, burst.end - burst.begin, true);
                inputs.readValid = true;
                inputs.readLast = burst.position + busBytes == burst.end;
                if (burst.position + busBytes <= size_) std::memcpy(inputs.readData.data(), bytes_ + burst.position, busBytes);
            }
        }
        inputs.writeReady = writePaced && (writeBegun_ || shared_.free(nextEdge));
        if (!inputs.responseValid) inputs.responseValid = !responses_.empty() && nextEdge >= responses_.front().offeredEdge;
    }

    void beginWrite(const Burst& burst, std::uint64_t edge) {
        if (!writeBegun_) shared_.begin(edge, burst.end - burst.begin, false);
        writeBegun_ = true;
    }

    Burst checkedBurst(const BurstAddress& request, const char* what) {
        const std::uint64_t begin = request.address;
        const std::uint64_t end = begin + (std::uint64_t{request.length} + 1) * busBytes;
        const std::string where = std::string(what) + " burst of " + std::to_string(request.length + 1) + " beats at " + hexadecimal(begin);
        if (request.burst != 1) fail(where + ": burst type " + std::to_string(request.burst) + " is not INCR (1)");
        if ((1u << request.size) != busBytes) fail(where + ": size " + std::to_string(request.size) + " is not the bus width of " + std::to_string(busBytes) + " bytes");
        if (begin % busBytes != 0) fail(where + ": address is not aligned to the bus width of " + std::to_string(busBytes) + " bytes");
        if (begin / 4096 != (end - 1) / 4096) fail(where + ": crosses a 4 KB boundary");
        if (end > size_) fail(where + ": outside the memory of " + std::to_string(size_) + " bytes");
        return {edge_, begin, end, begin};
    }

    // Reads and writes have no order of their own on AXI, so bursts in flight must not overlap.
    void checkOrder(const Burst& burst, const Burst& other, const char* what, const char* with) {
        if (burst.begin >= other.end || other.begin >= burst.end) return;
        diagnostics_.fail("hazard", edge_, std::string(what) + " burst at " + hexadecimal(burst.begin) + " overlaps " + with + " at " + hexadecimal(other.begin) + ": on AXI their order is not defined");
    }

    void checkStalledBeat(const Outputs& outputs) {
        if (!stalled_) return;
        if (!outputs.writeValid) {
            fail("wvalid fell before the beat was accepted");
        } else if (outputs.writeData != stalledData_ || outputs.writeStrobe != stalledStrobe_ || outputs.writeLast != stalledLast_) {
            fail("wdata, wstrb or wlast changed while wvalid waited for wready");
        }
    }

    void rememberStalledBeat(const Outputs& outputs) {
        stalledData_ = outputs.writeData;
        stalledStrobe_ = outputs.writeStrobe;
        stalledLast_ = outputs.writeLast;
    }

    void fail(const std::string& message) { diagnostics_.fail("violation", edge_, message); }

    struct Response {
        Burst burst;
        std::uint64_t offeredEdge = 0;
    };

    std::uint8_t* bytes_;
    std::uint64_t size_;
    MemoryTiming timing_;
    Diagnostics& diagnostics_;
    BeatPacer readPacer_;
    BeatPacer writePacer_;
    SharedBandwidth shared_;
    bool writeBegun_ = false;
    std::uint64_t edge_ = 0;
    std::deque<Burst> reads_;
    std::deque<Burst> writes_;
    std::deque<Response> responses_;
    bool stalled_ = false;
    std::array<std::uint8_t, busBytes> stalledData_{};
    std::uint32_t stalledStrobe_ = 0;
    bool stalledLast_ = false;
};

}  // namespace autodnnchip
