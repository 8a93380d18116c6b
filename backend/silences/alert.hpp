#pragma once
// An alert of any source, by its labels: what silences match and what is listed beside them.

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "silences/silence.hpp"

namespace qd::silences {

struct SilencedBy {
    std::string source;
    SilenceId silence;

    bool operator==(const SilencedBy&) const = default;
};

struct Alert {
    std::string id;  // the same after a restart
    std::string source{own_source};
    std::string title;
    std::string service;
    int severity = 2;  // 1 (complete outage) to 4 (cosmetic)
    std::string reason;
    std::string url;  // where it comes from; empty: from here
    Labels labels;
    core::WallTime started_at{};
    std::optional<core::WallTime> ended_at;

    // Known where alerts are gathered.
    std::string incident;                 // the id of the one that has it; empty: none
    std::vector<SilencedBy> silenced_by;  // those that are active and match

    bool firing() const { return !ended_at; }
    bool operator==(const Alert&) const = default;
};

/// A silence as it is listed: with how many alerts it matches that fire now.
struct ListedSilence {
    Silence silence;
    SilenceState state = SilenceState::active;
    std::size_t firing = 0;
    bool lapses = false;  // it ends soon, and alerts that it matches fire: somebody will be told then

    bool operator==(const ListedSilence&) const = default;
};

}  // namespace qd::silences
