#pragma once
// The brightness of a picture, as planes of 8 bits: 16 is black and 235 white. Pure.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "media/frame_code.hpp"

namespace qd::compare {

using media::LumaView;

/// What a stream says of its matrix of YCbCr.
enum class ColourMatrix : std::uint8_t { unknown, bt601, bt709 };

/// A picture's luma and whoever keeps it alive.
struct Luma {
    LumaView view;
    std::shared_ptr<const void> owner;
    std::array<LumaView, 2> chroma{};  // Cb and Cr in their own size; without data where they are not at hand

    ColourMatrix matrix = ColourMatrix::unknown;

    bool empty() const { return view.data == nullptr; }
};

/// Sample by sample; the sizes alike.
bool same_samples(const LumaView& one, const LumaView& two);

/// A copy of its own, without padding.
Luma make_luma(int width, int height, std::vector<std::uint8_t> samples);

/// Scaled down by the mean of the area each sample covers; 1 <= width <= the picture's, height alike.
Luma shrink(const LumaView& luma, int width, int height);

/// A picture's sketch: small enough to be kept for each frame, coarse enough that an encoder's noise averages
/// out.
struct Sketch {
    static constexpr int width = 64, height = 36;

    std::array<std::uint8_t, std::size_t(width) * height> cells{};
    double mean = 0;  // of the picture's luma, 0..255
    double dark = 0;  // share of the picture that is black or nearly: luma <= 32, 0..1
};

/// From at most 8 x 8 samples a cell: about 0.1 ms whatever the picture's size. Of an empty picture: all
/// zero.
Sketch sketch(const LumaView& luma);

struct SketchDifference {
    double mean = 0;  // absolute, over all cells, 0..255
    int largest = 0;  // of any cell
};
SketchDifference difference(const Sketch& one, const Sketch& two);

}  // namespace qd::compare
