#pragma once
// The part of time that a request for history names.

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/message.hpp"

namespace qd::opsd {

struct TimeSpan {
    core::WallTime from;
    core::WallTime to;
    int points = 300;  // 2 to 2,000
};

/// ?from=&to=&points=: by default the last `length_s` up to now. Errc::invalid_argument.
core::Result<TimeSpan> span_of(const http::Request& request, core::WallTime now, std::int64_t length_s);

}  // namespace qd::opsd
