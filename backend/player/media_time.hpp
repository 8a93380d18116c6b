#pragma once
// What can be told of a segment without decoding it: where its own clock stands (subtitles with
// X-TIMESTAMP-MAP are laid against it), and that it is no media at all. Pure.

#include <optional>
#include <string_view>

#include "core/clock.hpp"

namespace qd::player {

/// The first timestamp in a segment, of its video where it has some (sound is cut a little before or after):
/// of fragmented MP4 the decode time (tfdt) in the timescale that `init` states, of MPEG-TS the presentation
/// time of the first PES packet. Nothing when there is none to be found. Boxes are stepped over by their
/// sizes; of MPEG-TS no more than the first MiB is read.
std::optional<core::Seconds> first_timestamp(std::string_view init, std::string_view data);

/// Why no decoder could make anything of a segment, or nothing: a page for people came with a status of 200;
/// or fragments of MP4 that bring no `moov`, where the playlist names no init section (`has_init` false).
std::optional<std::string_view> unplayable(std::string_view data, bool has_init);

}  // namespace qd::player
