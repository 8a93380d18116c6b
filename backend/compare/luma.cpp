#include "compare/luma.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace qd::compare {
namespace {

constexpr int samples_each_way = 8;
constexpr int darkest = 32;

constexpr std::uint32_t whole = 256;  // parts of a sample

/// The samples that one smaller sample covers: the first and the last in part. Without the parts, pictures
/// scaled by no whole number would lie aside by up to half a sample.
struct Covered {
    int from = 0, to = 0;
    std::uint32_t first = 0, last = 0;  // 1..whole

    std::uint32_t part(int at) const { return at == from ? first : at + 1 == to ? last : whole; }
    std::uint32_t all() const {
        return to - from == 1 ? first : first + last + std::uint32_t(to - from - 2) * whole;
    }
};

std::vector<Covered> cover(int samples, int smaller) {
    std::vector<Covered> result(static_cast<std::size_t>(smaller));
    for (int i = 0; i < smaller; ++i) {
        const std::int64_t begin = std::int64_t(i) * samples * whole / smaller;
        const std::int64_t end = std::int64_t(i + 1) * samples * whole / smaller;
        Covered& covered = result[std::size_t(i)];
        covered.from = int(begin / whole);
        covered.to = int((end + whole - 1) / whole);
        covered.first =
            std::uint32_t(std::min<std::int64_t>(end, (covered.from + 1) * std::int64_t(whole)) - begin);
        covered.last = std::uint32_t(end - (covered.to - 1) * std::int64_t(whole));
    }
    return result;
}

}  // namespace

Luma make_luma(int width, int height, std::vector<std::uint8_t> samples) {
    auto owner = std::make_shared<const std::vector<std::uint8_t>>(std::move(samples));
    return {{owner->data(), width, height, width}, owner};
}

bool same_samples(const LumaView& one, const LumaView& two) {
    if (one.width != two.width || one.height != two.height) return false;
    for (int y = 0; y < one.height; ++y)
        if (std::memcmp(one.data + std::ptrdiff_t(y) * one.stride_bytes,
                        two.data + std::ptrdiff_t(y) * two.stride_bytes, std::size_t(one.width)) != 0)
            return false;
    return true;
}

Luma shrink(const LumaView& luma, int width, int height) {
    width = std::clamp(width, 1, std::max(luma.width, 1));
    height = std::clamp(height, 1, std::max(luma.height, 1));
    const std::vector<Covered> across = cover(luma.width, width), down = cover(luma.height, height);
    // Sums down the columns of a strip first: they run over memory in its order.
    std::vector<std::uint32_t> columns(std::size_t(luma.width));
    std::vector<std::uint8_t> samples(std::size_t(width) * std::size_t(height));
    for (int y = 0; y < height; ++y) {
        const Covered& lines = down[std::size_t(y)];
        std::fill(columns.begin(), columns.end(), 0);
        for (int line = lines.from; line < lines.to; ++line) {
            const std::uint8_t* row = luma.data + line * luma.stride_bytes;
            const std::uint32_t part = lines.part(line);
            for (int x = 0; x < luma.width; ++x) columns[std::size_t(x)] += part * row[x];
        }
        for (int x = 0; x < width; ++x) {
            const Covered& covered = across[std::size_t(x)];
            std::uint64_t sum = 0;
            for (int column = covered.from; column < covered.to; ++column)
                sum += std::uint64_t(covered.part(column)) * columns[std::size_t(column)];
            const std::uint64_t area = std::uint64_t(covered.all()) * lines.all();
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
