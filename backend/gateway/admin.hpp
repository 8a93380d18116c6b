#pragma once
// The JSON of the gateway's /-/upstreams. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "gateway/arm.hpp"
#include "gateway/pool.hpp"

namespace qd::gateway {

/// {"upstreams":[{"arm","instance","version","address"}]}; at most 256 KiB.
core::Result<std::vector<Upstream>> parse_upstreams(std::string_view json);
/// The same, with "healthy" and "breaker" of each.
std::string to_json(const std::vector<UpstreamStatus>& upstreams);

}  // namespace qd::gateway
