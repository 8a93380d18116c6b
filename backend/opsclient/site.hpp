#pragma once
// The site as GET /api/v1/site tells of it, and series for charts. Plain values and their decoding.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

/// One process of the site, as its supervisor and opsd's own scrapes know it.
struct Process {
    std::string role;      // gateway | api | worker | opsd | viewers
    std::string version;   // "v1"
    std::string arm;       // stable | canary; empty where arms mean nothing
    std::string instance;  // "api-2"
    std::int64_t pid = 0;  // 0: not running
    std::string address;   // "127.0.0.1:4242"
    std::string state;  // starting | ready | stopping | backing_off; "unknown" when the supervisor is silent
    std::uint32_t restarts = 0;
    std::optional<core::WallTime> started_at;
    bool up = false;              // the last scrape succeeded
    std::optional<double> age_s;  // of the last successful scrape; nothing: never
    std::string error;            // why the last scrape failed; empty when it did not

    bool operator==(const Process&) const = default;
};

struct Disk {
    std::uint64_t free_bytes = 0;
    std::uint64_t reserve_bytes = 0;  // with less than this free, the site takes no uploads

    bool operator==(const Disk&) const = default;
};

struct Site {
    core::WallTime as_of{};
    core::WallTime started_at{};  // of opsd
    std::string gateway;          // "http://127.0.0.1:8080"
    std::string opsd_version;
    bool supervised = false;  // the supervisor answers
    std::string supervisor_error;
    std::optional<Disk> disk;  // nothing: it could not be read
    std::vector<Process> processes;

    bool operator==(const Site&) const = default;
};

struct SeriesPoint {
    core::WallTime at{};
    double value = 0;

    bool operator==(const SeriesPoint&) const = default;
};

/// One line of a chart; seconds without a reading have no point.
struct SeriesLine {
    std::string label;  // "stable", "canary", "all"
    std::vector<SeriesPoint> points;

    bool operator==(const SeriesLine&) const = default;
};

struct Series {
    std::string name;
    std::string unit;  // "1/s", "ratio", "ms", "viewers"
    std::int64_t step_s = 1;
    std::vector<SeriesLine> lines;

    bool operator==(const Series&) const = default;
};

core::Result<Site> site_from_json(const nlohmann::json& value);
core::Result<Series> series_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
