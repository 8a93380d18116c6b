#pragma once
// Reads the metrics of many processes at once.

#include <chrono>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/client.hpp"

namespace qd::timeseries {

struct Target {
    std::string instance;  // unique: "gateway-1"
    std::string url;       // "http://127.0.0.1:4242/metrics"

    bool operator==(const Target&) const = default;
};

struct Scrape {
    Target target;
    core::WallTime at{};  // when the answer was complete
    core::Result<std::string> text;
};

/// Thread-safe; blocks the caller, so never on the client's thread.
class Scraper {
public:
    static constexpr std::size_t max_targets = 256;

    Scraper(http::Client& client, const core::Clock& clock,
            std::chrono::milliseconds timeout = std::chrono::milliseconds(800))
        : client_(client), clock_(clock), timeout_(timeout) {}

    /// All at once; returns when each has answered, failed or run out of time. In the order of `targets`, of
    /// which those beyond max_targets are left out.
    std::vector<Scrape> scrape(const std::vector<Target>& targets);

private:
    http::Client& client_;
    const core::Clock& clock_;
    std::chrono::milliseconds timeout_;
};

}  // namespace qd::timeseries
