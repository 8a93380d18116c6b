#pragma once
// Prometheus' text exposition (version 0.0.4), read without copying: one call per sample line. A scraper
// meets the same series every second, so the labels are left as text and parsed only when a series is new.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace qd::timeseries {

inline constexpr std::size_t max_exposition_bytes = 8u << 20;
inline constexpr std::size_t max_exposition_line = 64u << 10;
inline constexpr std::size_t max_labels = 64;

struct SampleLine {
    std::string_view series;  // name and labels as written: the same text, the same series
    std::string_view name;
    std::string_view labels;  // what stands between the braces
    double value = 0;         // may be NaN or infinite
};

/// A label's name and its unescaped value.
using Label = std::pair<std::string, std::string>;

/// Calls `on_sample` for each sample; the views live as long as `text`. Timestamps and comments are skipped.
/// Errc::corrupt names the first line that is no sample (calls made so far stand), Errc::too_large what is
/// beyond the limits above.
core::Result<> parse_exposition(std::string_view text,
                                const std::function<void(const SampleLine&)>& on_sample);

/// The labels of a sample line. Errc::corrupt, as above.
core::Result<std::vector<Label>> parse_labels(std::string_view labels);

/// A value as exposed: "1", "2.5e-3", "+Inf", "NaN".
std::optional<double> parse_value(std::string_view text);

}  // namespace qd::timeseries
