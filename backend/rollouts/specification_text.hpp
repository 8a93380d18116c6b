#pragma once
// A specification as a person would write it: YAML of Argo Rollouts' shape, in its order, with what differs
// from the defaults alone; the templates as documents of their own behind it.

#include <string>

#include "rollouts/specification.hpp"

namespace qd::rollouts {

/// parse_specification() reads it back to an equal value, for every value that it can read.
std::string to_yaml_text(const Specification& specification);

/// "1h30m", "2.5s" as "2s500ms", "250ms"; "0s". parse_duration() reads it back.
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace qd::rollouts
