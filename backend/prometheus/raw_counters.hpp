#pragma once
// The answer to raw_query() as what our own scrapes look like: an exposition for each process.

#include <string>
#include <vector>

#include "prometheus/answer.hpp"

namespace qd::prometheus {

struct RawCounters {
    std::string process;  // "job/instance"; empty: sums over processes, which say neither
    std::string text;     // Prometheus' text exposition

    bool operator==(const RawCounters&) const = default;
};

/// By process. Series whose name an exposition cannot write, and all of a matrix but its last samples, are
/// left out.
std::vector<RawCounters> raw_counters(const Answer& answer);

}  // namespace qd::prometheus
