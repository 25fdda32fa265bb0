// What a run leaves, and its text form, which all three tools write (see sim/README.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "diagnostics.hpp"

namespace autodnnchip {

struct RunResult {
    // "ok", "hang" or a kind of Diagnostics.
    std::string status = "ok";
    std::string message;
    unsigned busBytes = 0;
    std::uint32_t identity = 0;
    std::uint32_t chipStatus = 0;
    std::uint32_t chipCycles = 0;
    // Rising clock edges of the whole run, reset and register accesses too.
    std::uint64_t simulatedEdges = 0;
    double seconds = 0;
    std::vector<std::uint32_t> liveCounters;
    std::vector<std::vector<std::uint32_t>> records;
};

inline std::string formatResult(const RunResult& result) {
    std::string text;
    const auto line = [&text](const std::string& key, const std::string& value) { text += key + " " + value + "\n"; };
    line("status", result.status);
    if (!result.message.empty()) line("message", result.message);
    line("bus_bytes", std::to_string(result.busBytes));
    line("identity", hexadecimal(result.identity));
    line("chip_status", std::to_string(result.chipStatus));
    line("chip_cycles", std::to_string(result.chipCycles));
    line("simulated_edges", std::to_string(result.simulatedEdges));
    line("seconds", std::to_string(result.seconds));
    std::string counters;
    for (const std::uint32_t counter : result.liveCounters) counters += (counters.empty() ? "" : " ") + std::to_string(counter);
    line("live_counters", counters);
    for (std::size_t layer = 0; layer < result.records.size(); ++layer) {
        std::string words = std::to_string(layer);
        for (const std::uint32_t word : result.records[layer]) words += " " + std::to_string(word);
        line("record", words);
    }
    text += "end\n";
    return text;
}

}  // namespace autodnnchip
