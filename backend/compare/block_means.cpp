#include "compare/block_means.hpp"

namespace qd::compare {
namespace {

constexpr int luma_side = 4;
constexpr int most_lines = 256;  // sums of a column are held in 16 bits

template <int side>
void means_of_row(const std::uint16_t* columns, int across, std::uint16_t* out) {
    constexpr int samples = side * side;
    for (int block = 0; block < across; ++block) {
        int sum = 0;
        for (int i = 0; i < side; ++i) sum += columns[block * side + i];
        out[block] = std::uint16_t((sum * 4 + samples / 2) / samples);
    }
}

BlockMeans means(const LumaView& plane, int across, int down, int wide, int high) {
    BlockMeans result{across, down, std::vector<std::uint16_t>(std::size_t(across) * std::size_t(down))};
    const int width = across * wide;
    std::vector<std::uint16_t> sums(std::size_t(width), 0);
    std::uint16_t* __restrict columns = sums.data();
    for (int row = 0; row < down; ++row) {
        const std::uint8_t* line = plane.data + std::ptrdiff_t(row) * high * plane.stride_bytes;
        for (int x = 0; x < width; ++x) columns[x] = line[x];
        for (int i = 1; i < high; ++i) {
            const std::uint8_t* __restrict next = line + std::ptrdiff_t(i) * plane.stride_bytes;
            for (int x = 0; x < width; ++x) columns[x] = std::uint16_t(columns[x] + next[x]);
        }
        std::uint16_t* out = result.quarters.data() + std::size_t(row) * std::size_t(across);
        if (wide == 4 && high == 4) {
            means_of_row<4>(columns, across, out);
        } else if (wide == 2 && high == 2) {
            means_of_row<2>(columns, across, out);
        } else {
            const int samples = wide * high;
            for (int block = 0; block < across; ++block) {
                int sum = 0;
                for (int i = 0; i < wide; ++i) sum += columns[block * wide + i];
                out[block] = std::uint16_t((sum * 4 + samples / 2) / samples);
            }
        }
    }
    return result;
}

}  // namespace

BlockMeans luma_blocks(const LumaView& luma) {
    const int across = luma.width / luma_side, down = luma.height / luma_side;
    if (luma.data == nullptr || across < 1 || down < 1) return {};
    return means(luma, across, down, luma_side, luma_side);
}

BlockMeans chroma_blocks(const LumaView& chroma, int across, int down) {
    if (chroma.data == nullptr || across < 1 || down < 1) return {};
    const int wide = chroma.width / across, high = chroma.height / down;
    if (wide < 1 || high < 1 || high > most_lines) return {};
    return means(chroma, across, down, wide, high);
}

}  // namespace qd::compare
