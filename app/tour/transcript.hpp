#pragma once
// What a tour did and found (wire: transcript.json). Plain values.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"

namespace qd::app {

struct TourStep {
    std::string name;
    core::WallTime at{};
    bool ok = false;
    std::string claim;        // what is said to have happened, in a sentence
    nlohmann::json evidence;  // what was measured or read; when !ok also "reason"
};

/// Nothing where the tour did not come so far.
struct TourFigures {
    std::optional<double> fault_to_alert_s;
    std::optional<double> alert_to_incident_s;
    std::optional<double> abort_to_zero_ms;
    std::optional<double> time_to_green_s;
    std::optional<double> failed_request_ratio;
};

struct Transcript {
    core::WallTime started_at{};
    double duration_s = 0;
    std::vector<TourStep> steps;
    TourFigures figures;

    /// Every step happened, and there was one.
    bool ok() const;
};

std::string encode(const Transcript& transcript);

}  // namespace qd::app
