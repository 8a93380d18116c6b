#pragma once
// Which subtitles of side b are those of side a. Pure.

#include <optional>
#include <string>
#include <vector>

#include "player/session.hpp"

namespace qd::compare {

struct TrackMatch {
    std::optional<int> b;  // nothing: b has none
    std::string notice;    // empty when the languages are alike; names side b by `name_of_b`
};

/// `wanted` is an index into a's tracks (out of range: clamped). The track of b with the same language (of
/// several: the same name, then as forced as a's, then the first), else the one of equal index, else none.
TrackMatch match_tracks(const std::vector<player::TrackInfo>& a, const std::vector<player::TrackInfo>& b,
                        int wanted, const std::string& name_of_b);

}  // namespace qd::compare
