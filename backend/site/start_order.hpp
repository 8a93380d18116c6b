#pragma once
// The order to start a further version, as it comes over the control socket. Pure.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "core/result.hpp"
#include "site/plan.hpp"

namespace qd::site {

inline constexpr unsigned max_further_instances = 8;

struct StartOrder {
    ProcessSpec spec;  // its instance is named when it is started
    unsigned count = 1;
};

/// {"role":"api","arm":"stable|canary|baseline","version","count","faults":[…],"program","flags":{flag:
/// variant}} Errc::invalid_argument says which member and why; `builds` are the programs that may be named.
core::Result<StartOrder> read_start_order(const nlohmann::json& request, const Builds& builds);

}  // namespace qd::site
