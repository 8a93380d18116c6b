#include "telemetry/trace.hpp"

#include <algorithm>

namespace qd::telemetry {
namespace {

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool all_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

std::string random_id(core::Random& random, std::size_t bytes) {
    std::string id = random.hex(bytes);
    if (all_zero(id)) id.back() = '1';
    return id;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view header) {
    // version "-" trace-id "-" parent-id "-" flags; later versions may append more after another dash.
    if (header.size() < 55 || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
    const auto version = header.substr(0, 2);
    const auto trace_id = header.substr(3, 32);
    const auto span_id = header.substr(36, 16);
    const auto flags = header.substr(53, 2);
    if (!is_lower_hex(version) || !is_lower_hex(trace_id) || !is_lower_hex(span_id) || !is_lower_hex(flags))
        return std::nullopt;
    if (version == "ff" || all_zero(trace_id) || all_zero(span_id)) return std::nullopt;
    if (header.size() > 55 && (version == "00" || header[55] != '-')) return std::nullopt;
    const char last = flags[1];
    const int low = last <= '9' ? last - '0' : last - 'a' + 10;
    return TraceContext{std::string(trace_id), std::string(span_id), (low & 1) != 0};
}

std::string format_traceparent(const TraceContext& context) {
    std::string text;
    text.reserve(55);
    text += "00-";
    text += context.trace_id;
    text += '-';
    text += context.span_id;
    text += context.sampled ? "-01" : "-00";
    return text;
}

TraceContext new_trace(core::Random& random) {
    return {random_id(random, 16), random_id(random, 8), true};
}

TraceContext child_of(const TraceContext& parent, core::Random& random) {
    return {parent.trace_id, random_id(random, 8), parent.sampled};
}

}  // namespace qd::telemetry
