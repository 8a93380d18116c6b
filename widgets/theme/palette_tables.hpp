#pragma once
#include <QRgb>
#include <array>

#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

using PaletteTable = std::array<QRgb, static_cast<std::size_t>(Token::Count)>;

// Colours in the order of Token. Series are Wong's palette (blue, orange, green, purple, sky, vermillion,
// yellow and a grey for his black), lifted on dark and deepened on light until each keeps 3:1 against
// Surface.
const PaletteTable& paletteTable(Mode mode);

}  // namespace qd::widgets
