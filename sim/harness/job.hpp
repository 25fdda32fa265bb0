// The job file: what to put in memory, what to run, what to read back. Its format is in sim/README.md.
#pragma once

#include <cstdint>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "driver.hpp"

namespace autodnnchip {

// The job cannot be done as it is written.
class JobError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct MemoryFile {
    std::uint64_t address = 0;
    std::uint64_t length = 0;  // of a region to read back
    std::string path;
};

struct Job {
    std::uint64_t memoryBytes = 0;
    std::vector<MemoryFile> loads;
    std::vector<MemoryFile> readBacks;
    RunSettings settings;
    std::string tracePath;
    std::string progressPath;
};

// Takes the words of one line of a job file.
class JobLine {
public:
    JobLine(const std::string& text, const std::string& place) : text_(text), place_(place) {}

    std::string word() {
        skipBlanks();
        const std::size_t begin = position_;
        while (position_ < text_.size() && !isBlank(text_[position_])) ++position_;
        return text_.substr(begin, position_ - begin);
    }

    std::uint64_t number(std::uint64_t minimum = 0, std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max()) {
        const std::string text = word();
        std::size_t used = 0;
        std::uint64_t value = 0;
        try {
            value = std::stoull(text, &used, 0);
        } catch (const std::exception&) {
            used = 0;
        }
        if (used == 0 || used != text.size() || text[0] == '-') throw JobError(place_ + ": '" + text + "' is not a number");
        if (value < minimum || value > maximum) throw JobError(place_ + ": " + text + " is out of range");
        return value;
    }

    // The rest of the line: paths may hold blanks.
    std::string rest() {
        skipBlanks();
        std::size_t end = text_.size();
        while (end > position_ && isBlank(text_[end - 1])) --end;
        const std::string value = text_.substr(position_, end - position_);
        if (value.empty()) throw JobError(place_ + ": a file name is missing");
        position_ = text_.size();
        return value;
    }

    void finish() {
        skipBlanks();
        if (position_ < text_.size()) throw JobError(place_ + ": '" + text_.substr(position_) + "' is too much");
    }

private:
    static bool isBlank(char character) { return character == ' ' || character == '\t' || character == '\r'; }
    void skipBlanks() {
        while (position_ < text_.size() && isBlank(text_[position_])) ++position_;
    }

    const std::string& text_;
    const std::string& place_;
    std::size_t position_ = 0;
};

inline void readJobLine(Job& job, JobLine& line, const std::string& key, const std::string& place) {
    constexpr std::uint64_t addressSpace = std::uint64_t{1} << 32;
    constexpr unsigned mostCounters = (ADC_RECORDS - ADC_COUNTERS) / 4;
    constexpr unsigned mostWords = (ADC_SPACE_BYTES - ADC_RECORDS) / 4;
    MemoryTiming& timing = job.settings.timing;
    if (key == "memory_bytes") job.memoryBytes = line.number(1, addressSpace);
    else if (key == "load") {
        const std::uint64_t address = line.number();
        job.loads.push_back({address, 0, line.rest()});
    } else if (key == "read_back") {
        const std::uint64_t address = line.number();
        const std::uint64_t length = line.number();
        job.readBacks.push_back({address, length, line.rest()});
    } else if (key == "program_address") job.settings.programAddress = static_cast<std::uint32_t>(line.number(0, addressSpace - 1));
    else if (key == "layers") job.settings.layerCount = static_cast<unsigned>(line.number(0, mostWords));
    else if (key == "live_counters") job.settings.liveCounters = static_cast<unsigned>(line.number(0, mostCounters));
    else if (key == "record_words") job.settings.recordWords = static_cast<unsigned>(line.number(1, mostWords));
    else if (key == "maximum_cycles") job.settings.maximumCycles = line.number(1);
    else if (key == "read_latency_cycles") timing.readLatencyCycles = line.number(1);
    else if (key == "write_latency_cycles") timing.writeLatencyCycles = line.number(1);
    else if (key == "beat_interval_cycles") timing.beatIntervalCycles = line.number(1);
    else if (key == "burst_gap_cycles") timing.burstGapCycles = line.number();
    else if (key == "shared_bytes_per_kilocycle") timing.sharedBytesPerKilocycle = line.number(0, std::uint64_t{1} << 20);
    else if (key == "trace") job.tracePath = line.rest();
    else if (key == "progress") job.progressPath = line.rest();
    else throw JobError(place + ": unknown key '" + key + "'");
    line.finish();
}

inline Job readJob(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw JobError(path + ": cannot be read");
    Job job;
    std::string text;
    for (unsigned number = 1; std::getline(file, text); ++number) {
        const std::string place = path + ":" + std::to_string(number);
        JobLine line(text, place);
        const std::string key = line.word();
        if (key.empty() || key[0] == '#') continue;
        readJobLine(job, line, key, place);
    }
    if (job.memoryBytes == 0) throw JobError(path + ": memory_bytes is missing");
    if (job.settings.maximumCycles == 0) throw JobError(path + ": maximum_cycles is missing");
    if (std::uint64_t{job.settings.layerCount} * job.settings.recordWords > (ADC_SPACE_BYTES - ADC_RECORDS) / 4) {
        throw JobError(path + ": the records of " + std::to_string(job.settings.layerCount) + " layers do not fit into the register space");
    }
    for (const MemoryFile& region : job.readBacks) {
        if (region.address > job.memoryBytes || region.length > job.memoryBytes - region.address) {
            throw JobError(path + ": read_back at " + hexadecimal(region.address) + " is outside the memory");
        }
    }
    return job;
}

}  // namespace autodnnchip
