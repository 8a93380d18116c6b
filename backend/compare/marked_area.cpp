#include "compare/marked_area.hpp"

#include <algorithm>

namespace qd::compare {

std::vector<MarkedArea> marked_areas(const std::vector<double>& strength, int across, double least) {
    const int down = across > 0 ? int(strength.size()) / across : 0;
    std::vector<std::size_t> seeds;
    for (std::size_t i = 0; i < strength.size(); ++i)
        if (strength[i] >= 1) seeds.push_back(i);
    const auto stronger = [&](std::size_t one, std::size_t two) { return strength[one] > strength[two]; };
    std::stable_sort(seeds.begin(), seeds.end(), stronger);
    std::vector<bool> taken(strength.size(), false);
    std::vector<MarkedArea> areas;
    for (const std::size_t seed : seeds) {
        if (taken[seed]) continue;
        taken[seed] = true;
        MarkedArea area{across, down, 0, 0, {}};
        std::vector<std::size_t> open{seed};
        while (!open.empty()) {
            const std::size_t tile = open.back();
            open.pop_back();
            area.tiles.push_back(tile);
            const int x = int(tile) % across, y = int(tile) / across;
            area.left = std::min(area.left, x);
            area.right = std::max(area.right, x + 1);
            area.top = std::min(area.top, y);
            area.bottom = std::max(area.bottom, y + 1);
            for (int row = std::max(y - 1, 0); row <= std::min(y + 1, down - 1); ++row)
                for (int column = std::max(x - 1, 0); column <= std::min(x + 1, across - 1); ++column) {
                    const auto next = std::size_t(row * across + column);
                    if (taken[next] || strength[next] < least) continue;
                    taken[next] = true;
                    open.push_back(next);
                }
        }
        std::stable_sort(area.tiles.begin(), area.tiles.end(), stronger);
        areas.push_back(std::move(area));
    }
    return areas;
}

}  // namespace qd::compare
