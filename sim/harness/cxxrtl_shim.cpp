// What the WebAssembly module of a chip exports. One instance is one run: the caller reserves memory, fills it, begins,
// advances until the run is over, and reads the result text and the memory. sim/src/cxxrtl calls these functions.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "cxxrtl_chip.hpp"
#include "driver.hpp"
#include "run_result.hpp"

namespace {

using namespace autodnnchip;

struct Run {
    CxxrtlChip chip;
    std::unique_ptr<Driver<CxxrtlChip>> driver;
    std::uint8_t* memory = nullptr;
    std::uint64_t memoryBytes = 0;
    std::string resultText;
};

Run& theRun() {
    static Run run;
    return run;
}

}  // namespace

#define AUTODNNCHIP_EXPORT(name) extern "C" __attribute__((export_name(#name)))

// Returns the place of external memory in linear memory, filled with zeros, or 0 where there is not enough.
AUTODNNCHIP_EXPORT(reserve_memory) std::uint8_t* reserve_memory(std::uint32_t bytes) {
    Run& run = theRun();
    run.memory = static_cast<std::uint8_t*>(std::calloc(bytes, 1));
    run.memoryBytes = bytes;
    return run.memory;
}

AUTODNNCHIP_EXPORT(begin)
void begin(std::uint32_t programAddress, std::uint32_t layerCount, std::uint32_t liveCounters, std::uint32_t recordWords,
           double maximumCycles, std::uint32_t readLatencyCycles, std::uint32_t writeLatencyCycles, std::uint32_t beatIntervalCycles, std::uint32_t burstGapCycles,
           std::uint32_t sharedBytesPerKilocycle) {
    Run& run = theRun();
    RunSettings settings;
    settings.timing = {readLatencyCycles, writeLatencyCycles, beatIntervalCycles, burstGapCycles, sharedBytesPerKilocycle};
    settings.programAddress = programAddress;
    settings.maximumCycles = static_cast<std::uint64_t>(maximumCycles);
    settings.layerCount = layerCount;
    settings.liveCounters = liveCounters;
    settings.recordWords = recordWords;
    run.driver = std::make_unique<Driver<CxxrtlChip>>(run.chip, run.memory, run.memoryBytes, settings);
    run.driver->begin();
}

// Returns 1 when the run is over.
AUTODNNCHIP_EXPORT(advance) std::uint32_t advance(std::uint32_t cycles) {
    return theRun().driver->advance(cycles) ? 1 : 0;
}

AUTODNNCHIP_EXPORT(cycles_run) double cycles_run() {
    return static_cast<double>(theRun().driver->cyclesRun());
}

// Returns the result text, which ends with a zero byte; `seconds` is how long the run took.
AUTODNNCHIP_EXPORT(finish) const char* finish(double seconds) {
    Run& run = theRun();
    RunResult result = run.driver->finish();
    result.seconds = seconds;
    run.resultText = formatResult(result);
    return run.resultText.c_str();
}
