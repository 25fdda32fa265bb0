// Runs one job on the chip as Verilator compiled it:
//     simulator JOB-FILE RESULT-FILE
// Paths in the job are relative to the working folder.
// Exit code: 0 the result file is written (its status says whether the chip worked), 2 the job cannot be done.

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "driver.hpp"
#include "job.hpp"
#include "run_result.hpp"
#include "verilator_chip.hpp"

namespace {

using namespace autodnnchip;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void loadFile(std::vector<std::uint8_t>& memory, const MemoryFile& load) {
    std::ifstream file(load.path, std::ios::binary | std::ios::ate);
    if (!file) throw JobError(load.path + ": cannot be read");
    const std::streamoff size = file.tellg();
    if (size < 0) throw JobError(load.path + ": cannot be read");
    if (load.address > memory.size() || static_cast<std::uint64_t>(size) > memory.size() - load.address) {
        throw JobError(load.path + ": does not fit into the memory at " + hexadecimal(load.address));
    }
    file.seekg(0);
    if (!file.read(reinterpret_cast<char*>(memory.data()) + load.address, size)) throw JobError(load.path + ": cannot be read");
}

void writeFile(const std::string& path, const char* bytes, std::size_t length) {
    std::ofstream file(path, std::ios::binary);
    if (!file.write(bytes, static_cast<std::streamsize>(length)) || !file.flush()) throw JobError(path + ": cannot be written");
}

// Says how far the run is: in a file that always holds one number, or as lines on standard error.
void reportProgress(const std::string& path, std::uint64_t cycles) {
    const std::string text = std::to_string(cycles) + "\n";
    if (path.empty()) {
        std::fprintf(stderr, "progress %s", text.c_str());
    } else {
        writeFile(path, text.data(), text.size());
    }
}

// Clocks until the chip is done.
void runToEnd(Driver<VerilatorChip>& driver, const std::string& progressPath) {
    constexpr std::uint64_t cyclesBetweenLooks = 512;
    constexpr double secondsBetweenReports = 0.25;
    Clock::time_point reported = Clock::now();
    while (!driver.advance(cyclesBetweenLooks)) {
        if (secondsSince(reported) < secondsBetweenReports) continue;
        reported = Clock::now();
        reportProgress(progressPath, driver.cyclesRun());
    }
}

void simulate(const std::string& jobPath, const std::string& resultPath) {
    const Job job = readJob(jobPath);
#if !VM_TRACE
    if (!job.tracePath.empty()) throw JobError(jobPath + ": this simulator was built without --trace");
#endif
    std::vector<std::uint8_t> memory(job.memoryBytes);
    for (const MemoryFile& load : job.loads) loadFile(memory, load);

    VerilatorChip chip(job.tracePath);
    Driver<VerilatorChip> driver(chip, memory.data(), memory.size(), job.settings);
    const Clock::time_point begin = Clock::now();
    driver.begin();
    runToEnd(driver, job.progressPath);
    RunResult result = driver.finish();
    result.seconds = secondsSince(begin);

    for (const MemoryFile& region : job.readBacks) {
        writeFile(region.path, reinterpret_cast<const char*>(memory.data()) + region.address, region.length);
    }
    const std::string text = formatResult(result);
    writeFile(resultPath, text.data(), text.size());
    if (result.status == "ok") {
        std::printf("%u cycles\n", result.chipCycles);
    } else {
        std::fprintf(stderr, "%s: %s\n", result.status.c_str(), result.message.c_str());
    }
}

}  // namespace

int main(int argumentCount, char** arguments) {
    if (argumentCount == 2 && std::string(arguments[1]) == "--version") {
        std::printf("%s %s\n", Verilated::productName(), Verilated::productVersion());
        return 0;
    }
    if (argumentCount != 3) {
        std::fprintf(stderr, "usage: %s JOB-FILE RESULT-FILE\n", arguments[0]);
        return 2;
    }
    try {
        simulate(arguments[1], arguments[2]);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
}
