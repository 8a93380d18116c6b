#pragma once
// What was found for one pair of aligned frames. Values only.

#include <cstdint>
#include <optional>

#include "compare/side.hpp"
#include "core/clock.hpp"

namespace qd::compare {

struct PairScore {
    std::uint64_t number = 0;                         // from 1, in the order of scoring
    core::Seconds at{};                               // position on side a
    Both<core::Seconds> position;                     // each on its own timeline
    core::Seconds duration{};                         // of the frame on the slower side
    Both<std::uint64_t> segment;                      // media sequence numbers
    Both<std::optional<std::uint32_t>> frame_number;  // the frame code, where the picture has one
    double ssim = 0;
    double psnr_db = 0;  // capped at 100: identical
    double patch = 0;    // colour of the most different part, in levels: see tile_means.hpp
    bool identical = false;
    bool scaled = false;
    Both<bool> frozen;  // stands still while the other side moves
    Both<bool> black;   // is black while the other is not
};

}  // namespace qd::compare
