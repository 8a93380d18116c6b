#include "media/timecode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace qd::media {
namespace {

constexpr int glyph_width = 5;
constexpr int glyph_height = 7;
constexpr int cell_width = glyph_width + 1;
constexpr int cell_height = glyph_height + 2;

/// Rows from the top, the leftmost pixel in bit 4; the last glyph is the colon.
constexpr std::array<std::array<std::uint8_t, glyph_height>, 11> glyphs{{
    {0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e},
    {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
    {0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f},
    {0x0e, 0x11, 0x01, 0x06, 0x01, 0x11, 0x0e},
    {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02},
    {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
    {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e},
    {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
    {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e},
    {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c},
    {0x00, 0x04, 0x04, 0x00, 0x04, 0x04, 0x00},
}};

}  // namespace

std::string timecode(std::uint32_t frame, int fps) {
    const std::uint32_t rate = std::uint32_t(std::max(1, fps));
    const std::uint32_t seconds = frame / rate;
    return fmt::format("{:02}:{:02}:{:02}:{:02}", seconds / 3600 % 100, seconds / 60 % 60, seconds % 60,
                       frame % rate);
}

TextBox timecode_box(int characters, int picture_width, int picture_height) {
    const int by_height = picture_height / 11 / cell_height;
    const int by_width = picture_width / (characters * cell_width + 1);
    const int dot = std::max(1, std::min(by_height, by_width));
    TextBox box;
    box.dot = dot;
    box.width = std::min((characters * cell_width + 1) * dot, picture_width) / 2 * 2;
    box.height = std::min(cell_height * dot, picture_height) / 2 * 2;
    box.left = (picture_width - box.width) / 4 * 2;
    box.top = std::max(0, picture_height - box.height - picture_height / 16) / 2 * 2;
    return box;
}

void draw_text(const MutableLuma& luma, const TextBox& box, std::string_view text) {
    const int dot = box.dot;
    for (int y = 0; y < box.height; ++y)
        std::memset(luma.data + (box.top + y) * luma.stride_bytes + box.left, 16, std::size_t(box.width));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != ':' && (c < '0' || c > '9')) continue;
        const auto& glyph = glyphs[c == ':' ? 10 : std::size_t(c - '0')];
        for (int y = 0; y < glyph_height * dot && y + dot < box.height; ++y) {
            std::uint8_t* row = luma.data + (box.top + dot + y) * luma.stride_bytes + box.left;
            for (int x = 0; x < glyph_width * dot; ++x) {
                const int at = (int(i) * cell_width + 1) * dot + x;
                if (at < box.width && (glyph[std::size_t(y / dot)] >> (glyph_width - 1 - x / dot) & 1) != 0)
                    row[at] = 235;
            }
        }
    }
}

}  // namespace qd::media
