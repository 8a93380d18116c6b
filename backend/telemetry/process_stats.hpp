#pragma once
// What the kernel says about this process (proc(5)).

#include <cstdint>

namespace qd::telemetry {

struct ProcessStats {
    double cpu_s = 0;         // user and system time since the process began
    double started_at_s = 0;  // seconds since the epoch
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_fds = 0;
};

/// Zeros for what /proc does not tell. Thread-safe.
ProcessStats read_process_stats();

}  // namespace qd::telemetry
