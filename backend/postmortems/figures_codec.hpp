#pragma once
// Measured figures as JSON, to keep them where the counters will have forgotten them.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "postmortems/document.hpp"

namespace qd::postmortems {

std::string encode_figures(const Figures& figures);
/// Errc::invalid_argument with the field's name; at most 20 objectives of 20,000 points.
core::Result<Figures> decode_figures(std::string_view text);

/// Takes from `kept` what `live` no longer knows: objectives it does not have or has no series of, and counts
/// of the same span that were higher then.
void add_kept(Figures& live, const Figures& kept);

}  // namespace qd::postmortems
