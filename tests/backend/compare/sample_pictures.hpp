#pragma once
// Pictures made of formulas.

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "compare/luma.hpp"

namespace qd::compare {

template <class Sample>
Luma picture(int width, int height, Sample sample) {
    std::vector<std::uint8_t> samples(std::size_t(width) * std::size_t(height));
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            samples[std::size_t(y * width + x)] = std::uint8_t(std::clamp(int(sample(x, y)), 0, 255));
    return make_luma(width, height, std::move(samples));
}
inline Luma plain(int value, int width = 64, int height = 48) {
    return picture(width, height, [=](int, int) { return value; });
}
/// Something with structure that moves with `phase`.
inline Luma scene(int phase, int width = 96, int height = 54) {
    return picture(width, height, [=](int x, int y) {
        return 120 + 80 * std::sin((x + 7 * phase) * 0.11) * std::cos((y - 5 * phase) * 0.17);
    });
}
inline Luma noisy(const Luma& luma, int amplitude, unsigned seed = 1) {
    std::minstd_rand random(seed);
    return picture(luma.view.width, luma.view.height, [&](int x, int y) {
        return luma.view.data[y * luma.view.stride_bytes + x] + int(random() % unsigned(2 * amplitude + 1)) -
               amplitude;
    });
}

}  // namespace qd::compare
