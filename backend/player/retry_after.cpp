#include "player/retry_after.hpp"

#include <algorithm>

#include "hls/attributes.hpp"

namespace qd::player {

std::optional<core::Seconds> parse_retry_after(std::string_view value, core::WallTime now) {
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    if (const auto seconds = hls::parse_integer(value))
        return core::Seconds(double(std::min<std::uint64_t>(*seconds, 1'000'000'000)));
    const auto date = core::parse_http_date(value);
    if (!date) return std::nullopt;
    return std::max(core::Seconds(0), core::Seconds(*date - now));
}

}  // namespace qd::player
