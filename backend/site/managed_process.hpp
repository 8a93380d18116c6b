#pragma once
// One process that the supervisor looks after, and those who wait for it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "site/backoff.hpp"
#include "site/child.hpp"
#include "site/plan.hpp"
#include "site/process_info.hpp"

namespace qd::site {

struct ManagedProcess {
    ProcessSpec spec;
    ProcessInfo info;
    std::optional<Child> child;
    Backoff backoff;
    std::chrono::steady_clock::time_point spawned_at{};
    bool wanted = true;             // false: it ends for good
    unsigned failed_starts = 0;     // ended before it was ready, in a row
    std::uintmax_t log_begins = 0;  // where this instance's first lines are in a log that others wrote before
    bool initial = true;            // part of the fresh site; others are versions started on request
    std::vector<std::uint64_t> waiting_for_end;  // clients of "stop"

    bool announced() const { return spec.role == "api" && wanted && info.state == ProcessState::ready; }
};

/// The answer to "start" once all instances are ready.
struct PendingStart {
    std::uint64_t client = 0;
    std::vector<std::string> instances;
    std::chrono::steady_clock::time_point deadline{};
};

}  // namespace qd::site
