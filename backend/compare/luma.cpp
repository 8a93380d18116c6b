#include "compare/luma.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace qd::compare {
namespace {

constexpr int samples_each_way = 8;
constexpr int darkest = 32;

}  // namespace

Luma make_luma(int width, int height, std::vector<std::uint8_t> samples) {
    auto owner = std::make_shared<const std::vector<std::uint8_t>>(std::move(samples));
    return {{owner->data(), width, height, width}, owner};
}

Luma shrink(const LumaView& luma, int width, int height) {
    width = std::clamp(width, 1, std::max(luma.width, 1));
    height = std::clamp(height, 1, std::max(luma.height, 1));
    // Sums down the columns of a strip first: they run over memory in its order.
    std::vector<std::uint32_t> columns(std::size_t(luma.width));
    std::vector<std::uint8_t> samples(std::size_t(width) * std::size_t(height));
    for (int y = 0; y < height; ++y) {
        const int top = int(std::int64_t(y) * luma.height / height);
        const int bottom = std::max(top + 1, int(std::int64_t(y + 1) * luma.height / height));
        std::fill(columns.begin(), columns.end(), 0);
        for (int line = top; line < bottom; ++line) {
            const std::uint8_t* row = luma.data + line * luma.stride_bytes;
            for (int x = 0; x < luma.width; ++x) columns[std::size_t(x)] += row[x];
        }
        for (int x = 0; x < width; ++x) {
            const int left = int(std::int64_t(x) * luma.width / width);
            const int right = std::max(left + 1, int(std::int64_t(x + 1) * luma.width / width));
            std::uint64_t sum = 0;
            for (int column = left; column < right; ++column) sum += columns[std::size_t(column)];
            const auto area = std::uint64_t(right - left) * std::uint64_t(bottom - top);
            samples[std::size_t(y) * std::size_t(width) + std::size_t(x)] =
                std::uint8_t((sum + area / 2) / area);
        }
    }
    return make_luma(width, height, std::move(samples));
}

Sketch sketch(const LumaView& luma) {
    Sketch result;
    if (luma.data == nullptr || luma.width <= 0 || luma.height <= 0) return result;
    constexpr int across = Sketch::width * samples_each_way, down = Sketch::height * samples_each_way;
    std::array<int, std::size_t(across)> columns{};
    for (int i = 0; i < across; ++i)
        columns[std::size_t(i)] = int((2 * std::int64_t(i) + 1) * luma.width / (2 * across));
    std::uint64_t all = 0, dark = 0;
    std::array<std::uint32_t, std::size_t(Sketch::width)> sums{};
    for (int i = 0; i < down; ++i) {
        const std::uint8_t* row =
            luma.data + (2 * std::int64_t(i) + 1) * luma.height / (2 * down) * luma.stride_bytes;
        for (int cell = 0; cell < Sketch::width; ++cell) {
            const int* at = columns.data() + std::size_t(cell) * samples_each_way;
            std::uint32_t sum = 0;
            for (int j = 0; j < samples_each_way; ++j) {
                sum += row[at[j]];
                dark += row[at[j]] <= darkest ? 1 : 0;
            }
            sums[std::size_t(cell)] += sum;
            all += sum;
        }
        if (i % samples_each_way != samples_each_way - 1) continue;
        constexpr std::uint32_t count = samples_each_way * samples_each_way;
        for (int cell = 0; cell < Sketch::width; ++cell)
            result.cells[std::size_t(i / samples_each_way * Sketch::width + cell)] =
                std::uint8_t((std::exchange(sums[std::size_t(cell)], 0) + count / 2) / count);
    }
    result.mean = double(all) / (double(across) * down);
    result.dark = double(dark) / (double(across) * down);
    return result;
}

SketchDifference difference(const Sketch& one, const Sketch& two) {
    SketchDifference result;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < one.cells.size(); ++i) {
        const int apart = std::abs(int(one.cells[i]) - int(two.cells[i]));
        sum += std::uint32_t(apart);
        result.largest = std::max(result.largest, apart);
    }
    result.mean = double(sum) / double(one.cells.size());
    return result;
}

}  // namespace qd::compare
