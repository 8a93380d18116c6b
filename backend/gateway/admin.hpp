#pragma once
// The JSON of the gateway's admin routes. Pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "gateway/arm.hpp"
#include "gateway/pool.hpp"

namespace qd::gateway {

/// {"upstreams":[{"arm","instance","version","address"}]}; at most 256 KiB.
core::Result<std::vector<Upstream>> parse_upstreams(std::string_view json);
/// The same, with "healthy" and "breaker" of each.
std::string to_json(const std::vector<UpstreamStatus>& upstreams);

/// {"rollout","canary_weight"}; the weight must be within 0..100.
core::Result<Split> parse_split(std::string_view json);
core::Result<> validate(const Split& split);

struct SplitStatus {
    Split split;
    core::WallTime since{};
    std::uint64_t stable = 0, canary = 0;  // requests that drew an arm since then; forced ones do not count
};
/// {"rollout","canary_weight","since","counts":{"stable","canary"}}
std::string to_json(const SplitStatus& status);

}  // namespace qd::gateway
