#pragma once
// W3C Trace Context (https://www.w3.org/TR/trace-context/): the traceparent header and the ids in it.

#include <optional>
#include <string>
#include <string_view>

#include "core/random.hpp"

namespace qd::telemetry {

struct TraceContext {
    std::string trace_id;  // 32 lowercase hexadecimal digits, not all zero
    std::string span_id;   // 16, not all zero
    bool sampled = true;

    bool operator==(const TraceContext&) const = default;
};

/// Nothing for what the recommendation calls invalid: wrong lengths, capitals, all-zero ids, version ff.
std::optional<TraceContext> parse_traceparent(std::string_view header);
std::string format_traceparent(const TraceContext& context);

TraceContext new_trace(core::Random& random);
/// The same trace, a new span.
TraceContext child_of(const TraceContext& parent, core::Random& random);

}  // namespace qd::telemetry
