#include "media/frame_code.hpp"

#include <algorithm>
#include <cstring>

namespace qd::media {
namespace {

constexpr std::uint8_t black = 16;
constexpr std::uint8_t white = 235;
// Scaling and encoding blur the edges of a block, not its middle: the sum over the middle decides.
constexpr int darkest_white = 150;
constexpr int brightest_black = 100;

int left_edge(int block, int width) {
    return int(std::int64_t(block) * width / frame_code_bits);
}

}  // namespace

std::optional<std::uint32_t> read_frame_code(const LumaView& luma) {
    if (!luma.data || luma.width < 96 || luma.height < 16) return std::nullopt;
    const int height = frame_code_height(luma.height);
    const int top = height / 4;
    const int bottom = std::max(top + 1, height - height / 4 - 1);
    std::uint32_t number = 0;
    for (int block = 0; block < frame_code_bits; ++block) {
        const int left = left_edge(block, luma.width);
        const int right = left_edge(block + 1, luma.width);
        const int margin = (right - left) / 4;
        std::int64_t sum = 0;
        std::int64_t count = 0;
        for (int y = top; y < bottom; ++y) {
            const std::uint8_t* row = luma.data + y * luma.stride_bytes;
            for (int x = left + margin; x < right - margin; ++x) sum += row[x];
            count += right - left - 2 * margin;
        }
        const std::int64_t mean = sum / std::max<std::int64_t>(1, count);
        if (mean > brightest_black && mean < darkest_white) return std::nullopt;
        number = number << 1 | (mean >= darkest_white ? 1u : 0u);
    }
    return number;
}

void write_frame_code(const MutableLuma& luma, std::uint32_t number) {
    const int height = std::min(frame_code_height(luma.height), luma.height);
    for (int block = 0; block < frame_code_bits; ++block) {
        const bool one = (number >> (frame_code_bits - 1 - block) & 1u) != 0;
        const int left = left_edge(block, luma.width);
        const int right = left_edge(block + 1, luma.width);
        for (int y = 0; y < height; ++y)
            std::memset(luma.data + y * luma.stride_bytes + left, one ? white : black,
                        std::size_t(right - left));
    }
}

}  // namespace qd::media
