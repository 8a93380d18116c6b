#include "compare/picture_score.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace qd::compare {
namespace {

constexpr int block_side = 4;  // windows are two blocks wide and high, and begin at each block

// The constants of the formula for sums over a window instead of means: (K x 255)^2 times n^2, and times
// n(n-1) where variances without bias stand.
constexpr float samples_in_window = 4 * block_side * block_side;
constexpr float c1 = 0.01F * 0.01F * 255 * 255 * samples_in_window * samples_in_window;
constexpr float c2 = 0.03F * 0.03F * 255 * 255 * samples_in_window * (samples_in_window - 1);

/// Over samples of both pictures: the sums, the sum of all squares, the sum of products.
struct Sums {
    std::uint32_t one = 0, two = 0, squares = 0, products = 0;

    Sums operator+(const Sums& o) const {
        return {one + o.one, two + o.two, squares + o.squares, products + o.products};
    }
};

struct Lines {  // sums down the four lines of a row of blocks, by column
    std::vector<std::uint16_t> one, two;
    std::vector<std::uint32_t> squares, products;

    explicit Lines(std::size_t width) : one(width), two(width), squares(width), products(width) {}
};

void add_up(const LumaView& first, const LumaView& second, int top, int width, Lines& lines) {
    std::uint16_t* __restrict one = lines.one.data();
    std::uint16_t* __restrict two = lines.two.data();
    std::uint32_t* __restrict squares = lines.squares.data();
    std::uint32_t* __restrict products = lines.products.data();
    for (int line = 0; line < block_side; ++line) {
        const std::uint8_t* __restrict a = first.data + (top + line) * first.stride_bytes;
        const std::uint8_t* __restrict b = second.data + (top + line) * second.stride_bytes;
        if (line == 0) {
            for (int x = 0; x < width; ++x) {
                one[x] = a[x];
                two[x] = b[x];
                squares[x] = std::uint32_t(a[x] * a[x] + b[x] * b[x]);
                products[x] = std::uint32_t(a[x] * b[x]);
            }
        } else {
            for (int x = 0; x < width; ++x) {
                one[x] = std::uint16_t(one[x] + a[x]);
                two[x] = std::uint16_t(two[x] + b[x]);
                squares[x] += std::uint32_t(a[x] * a[x] + b[x] * b[x]);
                products[x] += std::uint32_t(a[x] * b[x]);
            }
        }
    }
}

float window_ssim(const Sums& window) {
    const auto one = float(window.one), two = float(window.two);
    // In whole numbers: the differences are small beside what is subtracted.
    const auto variances =
        float(std::int64_t(window.squares) * std::int64_t(samples_in_window) -
              std::int64_t(window.one) * window.one - std::int64_t(window.two) * window.two);
    const auto covariance = float(std::int64_t(window.products) * std::int64_t(samples_in_window) -
                                  std::int64_t(window.one) * window.two);
    return (2 * one * two + c1) * (2 * covariance + c2) / ((one * one + two * two + c1) * (variances + c2));
}

std::uint64_t squared_errors(const LumaView& first, const LumaView& second, int left, int top, int right,
                             int bottom) {
    std::uint64_t sum = 0;
    for (int y = top; y < bottom; ++y)
        for (int x = left; x < right; ++x) {
            const int apart =
                int(first.data[y * first.stride_bytes + x]) - int(second.data[y * second.stride_bytes + x]);
            sum += std::uint64_t(apart * apart);
        }
    return sum;
}

PictureScore score_equal_sizes(const LumaView& first, const LumaView& second) {
    const int across = first.width / block_side, down = first.height / block_side;
    const int width = across * block_side, height = down * block_side;
    Lines lines{std::size_t(width)};
    const auto blocks = std::size_t(across);
    std::vector<Sums> above(blocks), row(blocks);
    std::uint64_t errors = squared_errors(first, second, width, 0, first.width, height) +
                           squared_errors(first, second, 0, height, first.width, first.height);
    double ssim = 0;
    for (int y = 0; y < down; ++y) {
        add_up(first, second, y * block_side, width, lines);
        for (int x = 0; x < across; ++x) {
            Sums sums;
            for (std::size_t i = std::size_t(x) * block_side; i < std::size_t(x + 1) * block_side; ++i)
                sums = sums + Sums{lines.one[i], lines.two[i], lines.squares[i], lines.products[i]};
            row[std::size_t(x)] = sums;
            errors += sums.squares - 2 * std::uint64_t(sums.products);
        }
        if (y > 0) {
            float sum = 0;
            for (std::size_t x = 1; x < std::size_t(across); ++x)
                sum += window_ssim(above[x - 1] + above[x] + row[x - 1] + row[x]);
            ssim += double(sum);
        }
        above.swap(row);
    }
    PictureScore score;
    score.width = first.width;
    score.height = first.height;
    score.identical = errors == 0;
    score.ssim = score.identical ? 1 : std::clamp(ssim / (double(across - 1) * (down - 1)), -1.0, 1.0);
    score.psnr_db = psnr_db(double(errors), double(first.width) * first.height);
    return score;
}

}  // namespace

double psnr_db(double squared_errors, double samples) {
    if (squared_errors <= 0 || samples <= 0) return psnr_cap_db;
    return std::clamp(10 * std::log10(255.0 * 255.0 * samples / squared_errors), 0.0, psnr_cap_db);
}

core::Result<PictureScore> score_pictures(const LumaView& one, const LumaView& two) {
    for (const LumaView* luma : {&one, &two})
        if (luma->data == nullptr || luma->width < 2 * block_side || luma->height < 2 * block_side)
            return core::fail(core::Errc::unprocessable, "a picture of {}x{} is too small to be compared",
                              luma->width, luma->height);
    if (one.width == two.width && one.height == two.height) return score_equal_sizes(one, two);
    const int width = std::min(one.width, two.width), height = std::min(one.height, two.height);
    const Luma first = shrink(one, width, height), second = shrink(two, width, height);
    PictureScore score = score_equal_sizes(first.view, second.view);
    score.scaled = true;
    return score;
}

}  // namespace qd::compare
