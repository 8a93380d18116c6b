#pragma once
// The frame number in the picture: 24 blocks along the top edge, black for 0 and white for 1, most
// significant bit first, each a 24th of the width wide and an 18th of the height high. It survives scaling to
// 240p and encoding, so that a test or a player can tell which frame it looks at. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>

namespace qd::media {

inline constexpr int frame_code_bits = 24;

/// The luma plane of a picture, or any 8-bit grey image: 16..235 or 0..255.
struct LumaView {
    const std::uint8_t* data = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride_bytes = 0;
};

struct MutableLuma {
    std::uint8_t* data = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride_bytes = 0;
};

/// Height of the blocks in pixels.
constexpr int frame_code_height(int picture_height) {
    return picture_height / 18 > 4 ? picture_height / 18 : 4;
}

/// The number, or nothing when a block is neither clearly black nor clearly white, or the picture is smaller
/// than 96 x 16. A picture without a code reads as a number only by accident: frames that follow each other
/// count up.
std::optional<std::uint32_t> read_frame_code(const LumaView& luma);

/// Burns the code in, 16 and 235 as black and white. Only the low 24 bits of `number` are kept. The caller
/// makes the chroma of that strip neutral.
void write_frame_code(const MutableLuma& luma, std::uint32_t number);

}  // namespace qd::media
