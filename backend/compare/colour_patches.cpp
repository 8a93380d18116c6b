#include "compare/colour_patches.hpp"

#include <algorithm>
#include <cmath>

namespace qd::compare {
namespace {

constexpr int across = 16, down = 9;
using Means = std::array<double, std::size_t(across) * down>;

Means means_of(const LumaView& plane) {
    Means means{};
    for (int row = 0; row < down; ++row) {
        const int top = std::min(row * plane.height / down, plane.height - 1);
        const int bottom = std::max(top + 1, (row + 1) * plane.height / down);
        for (int column = 0; column < across; ++column) {
            const int left = std::min(column * plane.width / across, plane.width - 1);
            const int right = std::max(left + 1, (column + 1) * plane.width / across);
            std::uint64_t sum = 0, lines = 0;
            for (int y = top; y < bottom; y += 2, ++lines) {
                const std::uint8_t* line = plane.data + std::ptrdiff_t(y) * plane.stride_bytes;
                std::uint32_t line_sum = 0;
                for (int x = left; x < right; ++x) line_sum += line[x];
                sum += line_sum;
            }
            means[std::size_t(row * across + column)] =
                double(sum) / double(lines * std::uint64_t(right - left));
        }
    }
    return means;
}

bool usable(const LumaView& plane) {
    return plane.data != nullptr && plane.width > 0 && plane.height > 0;
}

void add_squares(const LumaView& one, const LumaView& two, Means& squares) {
    if (!usable(one) || !usable(two)) return;
    const Means first = means_of(one), second = means_of(two);
    for (std::size_t i = 0; i < squares.size(); ++i)
        squares[i] += (first[i] - second[i]) * (first[i] - second[i]);
}

}  // namespace

double patch_difference(const Luma& one, const Luma& two) {
    Means squares{};
    add_squares(one.view, two.view, squares);
    for (std::size_t plane = 0; plane < one.chroma.size(); ++plane)
        add_squares(one.chroma[plane], two.chroma[plane], squares);
    return std::sqrt(*std::max_element(squares.begin(), squares.end()));
}

}  // namespace qd::compare
