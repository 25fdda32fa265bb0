// The first thing that went wrong in a run. Everything after it would be a consequence.
#pragma once

#include <cstdint>
#include <string>

namespace autodnnchip {

class Diagnostics {
public:
    // Kinds: "violation" (AXI rules, addresses), "hazard" (order of reads and writes), "unresponsive" (registers).
    void fail(const char* kind, std::uint64_t edge, const std::string& message) {
        if (failed()) return;
        kind_ = kind;
        edge_ = edge;
        message_ = message;
    }

    bool failed() const { return !kind_.empty(); }
    const std::string& kind() const { return kind_; }
    const std::string& message() const { return message_; }
    std::uint64_t edge() const { return edge_; }

private:
    std::string kind_;
    std::string message_;
    std::uint64_t edge_ = 0;
};

inline std::string hexadecimal(std::uint64_t value) {
    static const char digits[] = "0123456789abcdef";
    std::string text;
    do {
        text.insert(text.begin(), digits[value & 15]);
        value >>= 4;
    } while (value != 0);
    return "0x" + text;
}

}  // namespace autodnnchip
