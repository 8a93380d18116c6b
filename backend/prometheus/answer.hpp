#pragma once
// What a Prometheus-compatible API answers to a query (/api/v1/query, /api/v1/query_range), and its strict,
// bounded decoding: whatever does not fit is refused with the place and the reason, nothing is guessed.
//
// A series that has gone stale is not in an answer at all (the stale marker never leaves the server); a value
// that is no number is NaN, and infinities are infinities: see finite().

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::prometheus {

struct Sample {
    core::WallTime at{};
    double value = 0;  // may be NaN or infinite

    std::optional<double> finite() const {
        return std::isfinite(value) ? std::optional(value) : std::nullopt;
    }
};

struct Series {
    std::vector<std::pair<std::string, std::string>> labels;  // by name
    std::vector<Sample> samples;                              // in order of time, no time twice

    /// Empty when there is none.
    std::string_view label(std::string_view name) const;
};

enum class ResultType {
    scalar,  // one series without labels, one sample
    vector,  // one sample each
    matrix,
};

struct Answer {
    ResultType type = ResultType::vector;
    std::vector<Series> series;         // no labels twice
    std::vector<std::string> warnings;  // with any, the answer may be partial (Thanos, Mimir, remote reads)

    bool partial() const { return !warnings.empty(); }
};

struct AnswerLimits {
    std::size_t bytes = 16u << 20;
    std::size_t series = 10'000;
    std::size_t samples = 1'000'000;  // of all series; one has at most 11,000
    std::size_t labels = 64;          // of a series; each at most 4 KiB long
};

/// Errc::corrupt for what is no such answer, too_large beyond the limits; for an answer that tells of an
/// error: invalid_argument (bad_data), timeout, cancelled, unprocessable (execution), not_found or
/// unavailable, with the other side's message.
core::Result<Answer> decode_answer(std::string_view body, const AnswerLimits& limits = {});

/// As the API writes sample values: "NaN", "+Inf", "-Inf" or a decimal number.
std::optional<double> parse_sample_value(std::string_view text);

}  // namespace qd::prometheus
