#pragma once
// Which renditions a source gets. Pure.

#include <cstdint>
#include <string>
#include <vector>

namespace qd::media {

struct Rung {
    std::string name;                 // "480p"; the folder of its files
    int width = 0;                    // pixels, even
    int height = 0;                   // pixels, even
    std::uint64_t video_bitrate = 0;  // bit/s that the encoder aims at, on average

    bool operator==(const Rung&) const = default;
};

struct LadderSettings {
    std::vector<int> heights{240, 480, 720, 1080};  // which rungs of the full ladder to use
    std::uint64_t audio_bitrate = 128'000;          // AAC, stereo
    double max_frame_rate = 60;                     // frames/s; faster sources lose frames evenly

    /// 240, 360, 480, 720 and 1080.
    static LadderSettings full();
};

/// The rungs for a source of that displayed size, lowest first, never empty: 240p 300 kbit/s, 360p 600, 480p
/// 1200, 720p 3000, 1080p 6000, with the source's aspect ratio, none higher than the source. A source that is
/// lower than every rung gets one at its own height (rounded down to even).
std::vector<Rung> make_ladder(int source_width, int source_height, const LadderSettings& settings = {});

/// The bit rate for a picture of that height, between those of the ladder's rungs in proportion.
std::uint64_t bitrate_for_height(int height);

}  // namespace qd::media
