#pragma once
// Where the figures of an analysis come from.

#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "rollouts/analysis_template.hpp"

namespace qd::rollouts {

/// Thread-safe. measure() may block for seconds: never on a thread that must not.
class MetricSource {
public:
    virtual ~MetricSource() = default;
    /// The value as text that parse_measured() reads, such as "[0.97]", "0.97" or "pass". An error becomes a
    /// measurement in error, with its message.
    virtual core::Result<std::string> measure(const MetricSpec& metric, core::WallTime now) = 0;
};

}  // namespace qd::rollouts
