#include "opsd/time_span.hpp"

#include <charconv>

namespace qd::opsd {

core::Result<TimeSpan> span_of(const http::Request& request, core::WallTime now, std::int64_t length_s) {
    TimeSpan span{now - std::chrono::seconds(length_s), now + std::chrono::seconds(1), 300};
    const auto read = [&](const char* name, core::WallTime& at) -> core::Result<> {
        const auto text = request.query.get(name);
        if (!text || text->empty()) return {};
        const auto time = core::parse_rfc3339(*text);
        if (!time) return core::fail_with_context(name, time.error());
        at = *time;
        return {};
    };
    if (auto to = read("to", span.to); !to) return core::Failure(to.error());
    span.from = span.to - std::chrono::seconds(length_s);
    if (auto from = read("from", span.from); !from) return core::Failure(from.error());
    if (span.from >= span.to) return core::fail(core::Errc::invalid_argument, "from must be before to");
    if (const auto text = request.query.get("points"); text && !text->empty()) {
        const auto parsed = std::from_chars(text->data(), text->data() + text->size(), span.points);
        if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size() || span.points < 2 ||
            span.points > 2000)
            return core::fail(core::Errc::invalid_argument, "points must be between 2 and 2000");
    }
    return span;
}

}  // namespace qd::opsd
