#pragma once
// What a HAProxy with fixed servers can carry out of a specification. Pure.

#include <optional>
#include <string>

#include "haproxy/options.hpp"
#include "haproxy/runtime_state.hpp"
#include "rollouts/specification.hpp"

namespace qd::haproxy {

/// Why it cannot, in a sentence that says what to change; nothing: it can. An arm is always all of its
/// servers, since the router gives each of them its share. `labels` and `states` have every server of the
/// options. How traffic is split is not looked at: refusal() of steering.hpp does.
std::optional<std::string> infeasible(const Options& options, const Labels& labels,
                                      const ServerStates& states,
                                      const rollouts::Specification& specification);

}  // namespace qd::haproxy
