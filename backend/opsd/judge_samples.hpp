#pragma once
// The samples that `opsd judge` takes, out of CSV. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::opsd {

struct RatioSamples {
    double bad = 0, total = 0;  // whole numbers
};

/// Errc::invalid_argument as "FILE:LINE: reason", Errc::too_large beyond 1,000,000 rows.
core::Result<RatioSamples> parse_ratio_samples(std::string_view text, std::string_view file);
core::Result<std::vector<double>> parse_latency_samples(std::string_view text, std::string_view file);

}  // namespace qd::opsd
