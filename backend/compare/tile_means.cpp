#include "compare/tile_means.hpp"

#include <algorithm>
#include <cmath>

namespace qd::compare {
namespace {

constexpr int most_across = 32, most_down = 18;
constexpr int least_blocks = 6;  // a tile of fewer has too much of an encoder's noise in it

int edge(int tile, int tiles, int blocks) {
    return int(std::int64_t(tile) * blocks / tiles);
}

/// In quarters of a level.
struct BlockSums {
    std::int64_t a = 0, b = 0, aa = 0, bb = 0, tt = 0;
};

void add_row(const std::uint16_t* __restrict a, const std::uint16_t* __restrict b, int from, int to,
             BlockSums& sums) {
    std::int32_t sum_a = 0, sum_b = 0;
    std::int64_t aa = 0, bb = 0, tt = 0;
    for (int x = from; x < to; ++x) {
        const std::int32_t one = a[x], two = b[x], t = two - one;
        sum_a += one;
        sum_b += two;
        aa += one * one;
        bb += two * two;
        tt += t * t;
    }
    sums.a += sum_a;
    sums.b += sum_b;
    sums.aa += aa;
    sums.bb += bb;
    sums.tt += tt;
}

void add_plane(const BlockMeans& a, const BlockMeans& b, std::size_t plane, TileMeans& into) {
    for (int row = 0; row < into.down; ++row)
        for (int column = 0; column < into.across; ++column) {
            const int left = edge(column, into.across, a.across),
                      right = edge(column + 1, into.across, a.across);
            const int top = edge(row, into.down, a.down), bottom = edge(row + 1, into.down, a.down);
            BlockSums sums;
            for (int y = top; y < bottom; ++y) {
                const std::size_t line = std::size_t(y) * std::size_t(a.across);
                add_row(a.quarters.data() + line, b.quarters.data() + line, left, right, sums);
            }
            const double blocks = double(right - left) * (bottom - top);
            const double mean_a = double(sums.a) / blocks, mean_b = double(sums.b) / blocks;
            Tile& tile = into.tiles[std::size_t(row * into.across + column)];
            tile.mean[plane] = float(mean_a / 4);
            tile.apart[plane] = float((mean_b - mean_a) / 4);
            if (plane > 0) continue;
            const auto variance = [&](std::int64_t squares, double mean) {
                return float(std::max(double(squares) / blocks - mean * mean, 0.0) / 16);
            };
            tile.variance_a = variance(sums.aa, mean_a);
            tile.variance_b = variance(sums.bb, mean_b);
            tile.variance_apart = variance(sums.tt, mean_b - mean_a);
        }
}

Movement movement(const BlockMeans& a, const BlockMeans& b) {
    Movement all;
    std::vector<std::int32_t> both(a.quarters.size()), apart(a.quarters.size());
    for (std::size_t i = 0; i < both.size(); ++i) {
        both[i] =
            (a.quarters[i] + b.quarters[i]) / 4;  // twice the mean, in levels: a gradient is over two blocks
        apart[i] = (int(b.quarters[i]) - int(a.quarters[i])) / 2;
    }
    // BlockSums of a row in 32 bits: a gradient is at most 510, half a level's difference 510, and a row has
    // 4,096 blocks at most.
    constexpr int at_once = 4096;
    for (int y = 1; y + 1 < a.down; ++y)
        for (int from = 1; from + 1 < a.across; from += at_once) {
            const int to = std::min(from + at_once, a.across - 1);
            const std::int32_t* __restrict row = both.data() + std::ptrdiff_t(y) * a.across;
            const std::int32_t* __restrict t = apart.data() + std::ptrdiff_t(y) * a.across;
            const std::int32_t* __restrict above = row - a.across, * __restrict below = row + a.across;
            std::int32_t xx = 0, xy = 0, yy = 0, xt = 0, yt = 0, sum = 0, tt = 0;
            for (int x = from; x < to; ++x) {
                const std::int32_t gx = row[x + 1] - row[x - 1], gy = below[x] - above[x];
                xx += gx * gx;
                xy += gx * gy;
                yy += gy * gy;
                xt += gx * t[x];
                yt += gy * t[x];
                sum += t[x];
                tt += t[x] * t[x];
            }
            // Gradients stand for four times theirs, differences for twice theirs.
            all +=
                {xx / 16.0, xy / 16.0, yy / 16.0, xt / 8.0, yt / 8.0, sum / 2.0, tt / 4.0, double(to - from)};
        }
    return all;
}

}  // namespace

Movement& Movement::operator+=(const Movement& more) {
    xx += more.xx;
    xy += more.xy;
    yy += more.yy;
    xt += more.xt;
    yt += more.yt;
    t += more.t;
    tt += more.tt;
    blocks += more.blocks;
    return *this;
}

Shift solve(const Movement& m) {
    // A picture whose edges all run one way says nothing along them: a little is added there.
    const double little = 1e-3 * (m.xx + m.yy) + 0.01 * m.blocks;
    const double xx = m.xx + little, yy = m.yy + little;
    const double determinant = xx * yy - m.xy * m.xy;
    if (determinant <= 0 || m.blocks <= 0) return {};
    Shift shift;
    shift.x = -(yy * m.xt - m.xy * m.yt) / determinant;
    shift.y = -(xx * m.yt - m.xy * m.xt) / determinant;
    const double all = m.tt - m.t * m.t / m.blocks;
    if (all > 0) shift.explained = std::clamp(-(m.xt * shift.x + m.yt * shift.y) / all, 0.0, 1.0);
    return shift;
}

double TileMeans::farthest() const {
    double squared = 0;
    for (const Tile& tile : tiles) {
        double sum = 0;
        for (const float apart : tile.apart) sum += double(apart) * apart;
        squared = std::max(squared, sum);
    }
    return std::sqrt(squared);
}

TileMeans tile_means(const Luma& a, const Luma& b) {
    const auto equal = [](const LumaView& one, const LumaView& two) {
        return one.data != nullptr && two.data != nullptr && one.width == two.width &&
               one.height == two.height;
    };
    if (!equal(a.view, b.view)) return {};
    const BlockMeans luma_a = luma_blocks(a.view), luma_b = luma_blocks(b.view);
    if (luma_a.empty()) return {};
    TileMeans result;
    result.across = std::clamp(luma_a.across / least_blocks, 1, most_across);
    result.down = std::clamp(luma_a.down / least_blocks, 1, most_down);
    result.tiles.resize(std::size_t(result.across) * std::size_t(result.down));
    add_plane(luma_a, luma_b, 0, result);
    result.luma = movement(luma_a, luma_b);
    std::array<BlockMeans, planes - 1> chroma_a, chroma_b;
    result.colour = true;
    for (std::size_t i = 0; i < chroma_a.size() && result.colour; ++i) {
        result.colour = equal(a.chroma[i], b.chroma[i]);
        if (!result.colour) break;
        chroma_a[i] = chroma_blocks(a.chroma[i], luma_a.across, luma_a.down);
        chroma_b[i] = chroma_blocks(b.chroma[i], luma_a.across, luma_a.down);
        result.colour = !chroma_a[i].empty();
    }
    for (std::size_t i = 0; i < chroma_a.size() && result.colour; ++i) {
        add_plane(chroma_a[i], chroma_b[i], i + 1, result);
        result.chroma += movement(chroma_a[i], chroma_b[i]);
    }
    return result;
}

double patch_difference(const Luma& a, const Luma& b) {
    const EqualSizes equal = equal_sizes(a, b);
    return tile_means(equal.a, equal.b).farthest();
}

EqualSizes equal_sizes(const Luma& a, const Luma& b) {
    EqualSizes result{a, b};
    const auto fit = [](LumaView& view, int width, int height) {
        Luma small = shrink(view, width, height);
        view = small.view;
        return small.owner;
    };
    const auto meet = [&](LumaView& one, LumaView& two) {
        if (one.data == nullptr || two.data == nullptr ||
            (one.width == two.width && one.height == two.height))
            return;
        const int width = std::min(one.width, two.width), height = std::min(one.height, two.height);
        using Owners = std::vector<std::shared_ptr<const void>>;
        const auto keep = [&](Luma& luma, LumaView& view) {
            if (view.width == width && view.height == height) return;
            auto owner = fit(view, width, height);
            luma.owner = std::make_shared<const Owners>(Owners{luma.owner, std::move(owner)});
        };
        keep(result.a, one);
        keep(result.b, two);
    };
    meet(result.a.view, result.b.view);
    for (std::size_t i = 0; i < result.a.chroma.size(); ++i) meet(result.a.chroma[i], result.b.chroma[i]);
    return result;
}

}  // namespace qd::compare
