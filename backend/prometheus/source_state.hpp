#pragma once
// How a source of numbers does, as a pure value that moves on with each question asked.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace qd::prometheus {

enum class SourceHealth {
    unknown,  // not asked yet
    up,
    slow,     // it answers, but later than it should
    partial,  // its answers carry warnings: something may be missing in them
    skewed,   // its clock and ours differ: "now" is not the same second
    lost,     // it does not answer
};

std::string_view to_string(SourceHealth health);

struct SourceLimits {
    core::Seconds slow{1.0};  // an answer that took longer is slow
    unsigned slow_run = 3;    // so many on end make the source slow, and so many quick ones end it
    unsigned whole_run = 3;   // so many answers without warnings end partial
    unsigned lost_run = 3;    // so many failures on end lose a source that has answered before
    core::Seconds skew{2.0};  // differences up to here, beyond what the measurement leaves open, are none

    bool operator==(const SourceLimits&) const = default;
};

/// One question and what came of it.
struct Asked {
    core::WallTime sent_at{};
    core::WallTime ended_at{};
    std::string error;                         // empty: it answered (also if it refused the question)
    std::vector<std::string> warnings;         // of the answer
    std::optional<core::WallTime> peer_clock;  // its Date header: whole seconds, cut
};

struct SourceState {
    SourceHealth health = SourceHealth::unknown;  // the worst of what the reasons tell, in the enum's order
    std::vector<std::string> reasons;             // one for each trouble, the worst first; none when up
    core::WallTime since{};                       // of this health
    std::optional<core::WallTime> answered_at;    // the last time
    core::Seconds took{0};                        // of the last answer
    std::optional<core::Seconds> ahead;  // its clock minus ours, within half a second and half the way
    unsigned failures = 0;               // on end
    unsigned slow_answers = 0;           // on end, and likewise below
    unsigned quick_answers = 0;
    unsigned whole_answers = 0;
    bool is_slow = false;
    std::vector<std::string> warnings;  // of the last answer that had some, while partial

    bool operator==(const SourceState&) const = default;
};

SourceState advance(SourceState state, const Asked& asked, const SourceLimits& limits = {});

}  // namespace qd::prometheus
