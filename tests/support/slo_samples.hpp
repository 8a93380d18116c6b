#pragma once
// Objectives and windows as tests like to write them.

#include "slo/status.hpp"

namespace qd::test {

/// 99.5 % over an hour with the two rows of the local site.
inline slo::Objective availability() {
    slo::Objective objective;
    objective.id = slo::SloId("playback-availability");
    objective.title = "Playback availability";
    objective.service = "gateway";
    objective.route = "/media";
    objective.indicator =
        slo::RatioIndicator{{"gateway_responses_total", {slo::LabelMatcher::parse("code", "!5*")}},
                            {"gateway_responses_total", {}}};
    objective.target = 0.995;
    objective.window_s = 3600;
    objective.sla = slo::Sla{0.995, "10 % service credit"};
    objective.rows = {{10, 60, 1.2, 20, 3, slo::Severity::sev2}, {60, 300, 1.2, 60, 6, slo::Severity::sev3}};
    return objective;
}

inline slo::WindowReading window(std::int64_t length_s, std::uint64_t bad, std::uint64_t total) {
    return {length_s, length_s, {total - bad, total}};
}

}  // namespace qd::test
