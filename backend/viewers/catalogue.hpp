#pragma once
// The titles that can be played, as the gateway lists them. Codecs are pure.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace qd::viewers {

/// Ids of the items of GET /api/v1/videos that an audience chooses among, in their order, at most 1,000:
/// those that are ready, or while there are none those that are playable already. Errc::corrupt for what is
/// no such list.
core::Result<std::vector<std::string>> read_titles(std::string_view json);

/// Whether the answer of GET /api/v1/videos/{id} says that it can be played. Errc::corrupt for what is no
/// title.
core::Result<bool> read_playable(std::string_view json);

}  // namespace qd::viewers
