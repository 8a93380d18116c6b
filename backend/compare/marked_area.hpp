#pragma once
// Tiles that differ, as areas: the ones that touch belong together. Pure; thread-safe.

#include <vector>

namespace qd::compare {

struct MarkedArea {
    int left = 0, top = 0, right = 0, bottom = 0;  // in tiles, the last ones excluded
    std::vector<std::size_t> tiles;                // indices, the strongest first
};

/// `strength` by tile, row by row: 1 and more begins an area, `least` and more belongs to one that it touches
/// (its corners too). The strongest area first.
std::vector<MarkedArea> marked_areas(const std::vector<double>& strength, int across, double least);

}  // namespace qd::compare
