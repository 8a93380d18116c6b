#pragma once
// Titles made up on the spot: moving pictures and sound computed by FFmpeg's own sources, with a readable
// timecode and the frame code of frame_code.hpp burned in.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string_view>

#include "core/result.hpp"

namespace qd::media {

enum class TitleKind {
    test_card,  // testsrc2 and a beep each second
    fractal,    // a dive into the Mandelbrot set, and a drone
    life,       // Conway's game in colour, and plucked notes
    gradients,  // slow colour gradients, and a chord
    bars,       // SMPTE bars that scroll, and the 1 kHz tone
    plasma,     // interfering waves of colour, and a sweep
};
inline constexpr int title_kinds = 6;

/// "test-card", "fractal", ...
std::string_view to_string(TitleKind kind);
std::optional<TitleKind> parse_title_kind(std::string_view name);

struct TitleSpec {
    TitleKind kind = TitleKind::test_card;
    double duration_s = 20;  // 0.1 to 3600
    int width = 1280;        // 96 to 3840, even
    int height = 720;        // 64 to 2160, even
    int fps = 30;            // 1 to 60
    std::uint64_t seed = 1;  // same seed, same title
    bool audio = true;
};

/// Writes an MP4 (H.264 and AAC, moov first), complete or not at all. Errc::invalid_argument for a spec out
/// of range, Errc::cancelled, Errc::io, Errc::no_space. Takes about a fifth of the title's duration for 720p
/// on two cores.
core::Result<> generate_title(const TitleSpec& spec, const std::filesystem::path& output,
                              std::stop_token stop = {});

}  // namespace qd::media
