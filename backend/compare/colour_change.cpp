#include "compare/colour_change.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace qd::compare {
namespace {

using Levels = std::array<double, planes>;

constexpr double no_colour = 128, black_level = 16;
constexpr double far_off_levels = 3;  // and three times the usual: such a tile does not go with the rest
// A simple cause is named where it explains nearly as much as the best affine change does.
constexpr double nearly = 0.25;

constexpr std::size_t terms = 4;  // 1, Y, Cb, Cr
std::array<double, terms> terms_of(const Tile& tile, bool colour) {
    return {1, (tile.mean[0] - no_colour) / no_colour, colour ? (tile.mean[1] - no_colour) / no_colour : 0,
            colour ? (tile.mean[2] - no_colour) / no_colour : 0};
}

using Coefficients = std::array<std::array<double, terms>, planes>;

/// Least squares with a little ridge: a grey picture does not tell what becomes of colours.
Coefficients fit(const std::vector<Tile>& tiles, const std::vector<bool>& kept, bool colour) {
    std::array<std::array<double, terms + planes>, terms> m{};
    double count = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!kept[i]) continue;
        const auto x = terms_of(tiles[i], colour);
        for (std::size_t r = 0; r < terms; ++r) {
            for (std::size_t c = 0; c < terms; ++c) m[r][c] += x[r] * x[c];
            for (std::size_t plane = 0; plane < planes; ++plane)
                m[r][terms + plane] += x[r] * double(tiles[i].apart[plane]);
        }
        ++count;
    }
    for (std::size_t r = 0; r < terms; ++r) m[r][r] += 1e-4 * count + 1e-9;
    for (std::size_t pivot = 0; pivot < terms; ++pivot)  // positive definite: no exchange of rows is needed
        for (std::size_t r = 0; r < terms; ++r) {
            if (r == pivot) continue;
            const double factor = m[r][pivot] / m[pivot][pivot];
            for (std::size_t c = pivot; c < terms + planes; ++c) m[r][c] -= factor * m[pivot][c];
        }
    Coefficients result{};
    for (std::size_t plane = 0; plane < planes; ++plane)
        for (std::size_t r = 0; r < terms; ++r) result[plane][r] = m[r][terms + plane] / m[r][r];
    return result;
}

struct Weights {  // of red and blue in Y
    double red = 0, blue = 0;
};
Weights weights(ColourMatrix matrix) {
    return matrix == ColourMatrix::bt709 ? Weights{0.2126, 0.0722} : Weights{0.299, 0.114};
}

Levels minus(const Levels& one, const Levels& two) {
    return {one[0] - two[0], one[1] - two[1], one[2] - two[2]};
}

struct Candidate {
    ColourCause cause = ColourCause::other;
    double amount = 0;
    std::function<Levels(const Levels&)> apart;  // predicted, for the levels of a
};

struct Slope {
    double offset = 0, factor = 0;
};
/// Of Y's difference by Y.
Slope slope_of_y(const std::vector<Tile>& tiles, const std::vector<bool>& kept) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!kept[i]) continue;
        const double level = tiles[i].mean[0], apart = tiles[i].apart[0];
        ++n;
        x += level;
        y += apart;
        xx += level * level;
        xy += level * apart;
    }
    const double spread = xx - x * x / n;
    const double factor = spread > n ? (xy - x * y / n) / spread : 0;
    return {(y - factor * x) / n, factor};
}

struct Saturation {
    double factor = 0;               // of Cb's and Cr's difference by their distance from no colour
    std::array<double, 2> offset{};  // what is left where there is no colour: a rounding, at most
};
Saturation saturation_of(const std::vector<Tile>& tiles, const std::vector<bool>& kept) {
    constexpr double most_rounding = 1.5;  // levels: filters that take grey for 127 are about
    constexpr double least = 0.02;
    double n = 0, spread = 0, together = 0;
    std::array<double, 2> level{}, apart{}, squares{}, products{};
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!kept[i]) continue;
        ++n;
        for (std::size_t c = 0; c < 2; ++c) {
            const double colour = double(tiles[i].mean[c + 1]) - no_colour,
                         by = double(tiles[i].apart[c + 1]);
            level[c] += colour;
            apart[c] += by;
            squares[c] += colour * colour;
            products[c] += colour * by;
        }
    }
    for (std::size_t c = 0; c < 2; ++c) {
        spread += squares[c] - level[c] * level[c] / n;
        together += products[c] - level[c] * apart[c] / n;
    }
    Saturation result;
    if (spread <= n) return result;  // all of one colour: that does not tell
    result.factor = together / spread;
    for (std::size_t c = 0; c < 2; ++c) result.offset[c] = (apart[c] - result.factor * level[c]) / n;
    if (std::abs(result.factor) >= least &&
        std::max(std::abs(result.offset[0]), std::abs(result.offset[1])) <= most_rounding)
        return result;
    const double all = squares[0] + squares[1];
    return {all > 0 ? (products[0] + products[1]) / all : 0, {}};
}

std::vector<Candidate> candidates(const std::vector<Tile>& tiles, const std::vector<bool>& kept,
                                  bool colour) {
    double n = 0, y = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!kept[i]) continue;
        ++n;
        y += double(tiles[i].apart[0]);
    }
    const double brighter = y / n;
    const Saturation saturation = saturation_of(tiles, kept);
    const Slope slope = slope_of_y(tiles, kept);
    const auto scaled_chroma = [colour](double factor, double level) {
        return colour ? (factor - 1) * (level - no_colour) : 0;
    };
    std::vector<Candidate> all;
    all.push_back({ColourCause::range_expanded, 0, [=](const Levels& a) {
                       return Levels{(a[0] - black_level) * 255 / 219 - a[0],
                                     scaled_chroma(255.0 / 224, a[1]), scaled_chroma(255.0 / 224, a[2])};
                   }});
    all.push_back({ColourCause::range_squeezed, 0, [=](const Levels& a) {
                       return Levels{a[0] * 219 / 255 + black_level - a[0], scaled_chroma(224.0 / 255, a[1]),
                                     scaled_chroma(224.0 / 255, a[2])};
                   }});
    if (colour) {
        all.push_back({ColourCause::matrix_601_709, 0, [](const Levels& a) {
                           return minus(converted(a, ColourMatrix::bt601, ColourMatrix::bt709), a);
                       }});
        all.push_back({ColourCause::matrix_709_601, 0, [](const Levels& a) {
                           return minus(converted(a, ColourMatrix::bt709, ColourMatrix::bt601), a);
                       }});
        all.push_back({ColourCause::saturation, 1 + saturation.factor, [=](const Levels& a) {
                           return Levels{0, saturation.offset[0] + saturation.factor * (a[1] - no_colour),
                                         saturation.offset[1] + saturation.factor * (a[2] - no_colour)};
                       }});
    }
    all.push_back({ColourCause::brightness, brighter, [=](const Levels&) { return Levels{brighter, 0, 0}; }});
    all.push_back({ColourCause::contrast, 1 + slope.factor, [=](const Levels& a) {
                       return Levels{slope.offset + slope.factor * a[0], 0, 0};
                   }});
    return all;
}

}  // namespace

std::string_view to_string(ColourCause cause) {
    switch (cause) {
        case ColourCause::none:
            return "none";
        case ColourCause::brightness:
            return "brightness";
        case ColourCause::contrast:
            return "contrast";
        case ColourCause::saturation:
            return "saturation";
        case ColourCause::range_expanded:
            return "range_expanded";
        case ColourCause::range_squeezed:
            return "range_squeezed";
        case ColourCause::matrix_601_709:
            return "matrix_601_709";
        case ColourCause::matrix_709_601:
            return "matrix_709_601";
        case ColourCause::other:
            return "other";
    }
    return "other";
}

Levels converted(const Levels& levels, ColourMatrix from, ColourMatrix to) {
    if (from == to || from == ColourMatrix::unknown || to == ColourMatrix::unknown) return levels;
    const Weights one = weights(from), two = weights(to);
    const double y = (levels[0] - black_level) / 219, cb = (levels[1] - no_colour) / 224,
                 cr = (levels[2] - no_colour) / 224;
    const double red = y + 2 * (1 - one.red) * cr, blue = y + 2 * (1 - one.blue) * cb;
    const double green = (y - one.red * red - one.blue * blue) / (1 - one.red - one.blue);
    const double luma = two.red * red + (1 - two.red - two.blue) * green + two.blue * blue;
    return {black_level + 219 * luma, no_colour + 224 * (blue - luma) / (2 * (1 - two.blue)),
            no_colour + 224 * (red - luma) / (2 * (1 - two.red))};
}

void convert_b(TileMeans& tiles, ColourMatrix a, ColourMatrix b) {
    if (!tiles.colour || a == b || a == ColourMatrix::unknown || b == ColourMatrix::unknown) return;
    for (Tile& tile : tiles.tiles) {
        Levels levels{};
        for (std::size_t plane = 0; plane < planes; ++plane)
            levels[plane] = double(tile.mean[plane]) + double(tile.apart[plane]);
        levels = converted(levels, b, a);
        for (std::size_t plane = 0; plane < planes; ++plane)
            tile.apart[plane] = float(levels[plane] - double(tile.mean[plane]));
    }
}

ColourChange colour_change(const std::vector<Tile>& tiles, bool colour) {
    ColourChange result;
    if (tiles.empty()) return result;
    std::vector<bool> kept(tiles.size(), true);
    Coefficients coefficients{};
    std::vector<double> off(tiles.size());
    result.fitted.resize(tiles.size());
    for (int round = 0; round < 3; ++round) {
        coefficients = fit(tiles, kept, colour);
        for (std::size_t i = 0; i < tiles.size(); ++i) {
            const auto x = terms_of(tiles[i], colour);
            off[i] = 0;
            for (std::size_t plane = 0; plane < planes; ++plane) {
                double fitted = 0;
                for (std::size_t term = 0; term < terms; ++term)
                    fitted += coefficients[plane][term] * x[term];
                result.fitted[i][plane] = float(fitted);
                const double rest = double(tiles[i].apart[plane]) - fitted;
                off[i] += rest * rest;
            }
        }
        std::vector<double> sorted = off;
        std::nth_element(sorted.begin(), sorted.begin() + std::ptrdiff_t(sorted.size() / 2), sorted.end());
        const double far_off = 9 * sorted[sorted.size() / 2] + far_off_levels * far_off_levels;
        for (std::size_t i = 0; i < tiles.size(); ++i) kept[i] = off[i] <= far_off;
    }
    double count = 0, all = 0, rest = 0;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        if (!kept[i]) continue;
        ++count;
        rest += off[i];
        for (std::size_t plane = 0; plane < planes; ++plane) {
            const double fitted = double(result.fitted[i][plane]), apart = double(tiles[i].apart[plane]);
            all += apart * apart;
            result.mean[plane] += fitted;
            result.rms += fitted * fitted;
        }
    }
    result.cause = ColourCause::other;
    if (count == 0 || all == 0) return result;
    for (double& each : result.mean) each /= count;
    result.rms = std::sqrt(result.rms / count);
    result.explained = std::max(1 - rest / all, 0.0);
    double best = result.explained - nearly;
    for (const Candidate& candidate : candidates(tiles, kept, colour)) {
        double left = 0;
        for (std::size_t i = 0; i < tiles.size(); ++i) {
            if (!kept[i]) continue;
            const Tile& tile = tiles[i];
            const Levels apart = candidate.apart({tile.mean[0], tile.mean[1], tile.mean[2]});
            for (std::size_t plane = 0; plane < planes; ++plane)
                left +=
                    (double(tile.apart[plane]) - apart[plane]) * (double(tile.apart[plane]) - apart[plane]);
        }
        if (1 - left / all <= best) continue;
        // One that follows has more to fit with: it must be better by more than that.
        best = 1 - left / all + 0.02;
        result.cause = candidate.cause;
        result.amount = candidate.amount;
    }
    return result;
}

}  // namespace qd::compare
