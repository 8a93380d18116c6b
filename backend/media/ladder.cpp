#include "media/ladder.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace qd::media {
namespace {

struct Step {
    int height;
    std::uint64_t bitrate;
};
constexpr std::array<Step, 5> steps{
    {{240, 300'000}, {360, 600'000}, {480, 1'200'000}, {720, 3'000'000}, {1080, 6'000'000}}};

constexpr int least_side = 16;  // what encoders and players still take
constexpr int greatest_side = 8192;

int even(double value) {
    return std::max(2, 2 * int(std::lround(value / 2)));
}

Rung make_rung(int height, int source_width, int source_height) {
    // A very wide or very tall picture is kept codable; its aspect ratio then gives way.
    const int width = even(double(source_width) * height / source_height);
    return {fmt::format("{}p", height), std::clamp(width, least_side, greatest_side), height,
            bitrate_for_height(height)};
}

}  // namespace

LadderSettings LadderSettings::full() {
    LadderSettings settings;
    settings.heights = {240, 360, 480, 720, 1080};
    return settings;
}

std::uint64_t bitrate_for_height(int height) {
    if (height <= steps.front().height) {
        // Fewer pixels need fewer bits, but below 100 kbit/s x264's overhead shows.
        const double share = double(height) / steps.front().height;
        return std::max<std::uint64_t>(100'000, std::uint64_t(double(steps.front().bitrate) * share));
    }
    for (std::size_t i = 1; i < steps.size(); ++i) {
        if (height > steps[i].height) continue;
        const Step low = steps[i - 1];
        const Step high = steps[i];
        const double share = double(height - low.height) / (high.height - low.height);
        return low.bitrate + std::uint64_t(share * double(high.bitrate - low.bitrate));
    }
    const double pixels = std::pow(double(height) / steps.back().height, 2);
    return std::uint64_t(double(steps.back().bitrate) * pixels);
}

std::vector<Rung> make_ladder(int source_width, int source_height, const LadderSettings& settings) {
    std::vector<int> heights = settings.heights;
    std::sort(heights.begin(), heights.end());
    heights.erase(std::unique(heights.begin(), heights.end()), heights.end());
    std::vector<Rung> ladder;
    for (const int height : heights)
        if (height >= least_side && height % 2 == 0 && height <= source_height)
            ladder.push_back(make_rung(height, source_width, source_height));
    if (ladder.empty())
        ladder.push_back(make_rung(std::max(least_side, source_height / 2 * 2), source_width, source_height));
    return ladder;
}

}  // namespace qd::media
