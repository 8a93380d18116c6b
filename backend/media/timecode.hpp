#pragma once
// A readable timecode in the picture, drawn pixel by pixel: no font is needed. Pure.

#include <string>
#include <string_view>

#include "media/frame_code.hpp"

namespace qd::media {

/// "HH:MM:SS:FF" of that frame (non-drop; hours wrap at 100).
std::string timecode(std::uint32_t frame, int fps);

/// Where draw_text() writes; even on all sides, so that chroma can be made neutral exactly below it.
struct TextBox {
    int left = 0, top = 0, width = 0, height = 0;
    int dot = 1;  // pixels a side of one dot of a glyph
};

/// The box of that many characters at the bottom of a picture, about an eleventh of its height high.
TextBox timecode_box(int characters, int picture_width, int picture_height);

/// White on black, digits and colons only.
void draw_text(const MutableLuma& luma, const TextBox& box, std::string_view text);

}  // namespace qd::media
