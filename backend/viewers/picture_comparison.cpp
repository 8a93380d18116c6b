#include "viewers/picture_comparison.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "decode/stream_decoder.hpp"

namespace qd::viewers {
namespace {

using Bytes = std::shared_ptr<const std::string>;

constexpr std::size_t most_pictures = 2'000;  // of a segment; further ones are not looked at
constexpr int sampled_every = 2;              // pixels and lines
constexpr double visible_difference = 10;

struct Luma {
    int width = 0, height = 0;
    std::vector<std::uint8_t> samples;
};

Luma luma_of(const AVFrame& frame) {
    Luma luma{frame.width, frame.height, {}};
    if (frame.data[0] == nullptr) return luma;
    luma.samples.reserve(std::size_t(frame.width / sampled_every + 1) *
                         std::size_t(frame.height / sampled_every + 1));
    for (int y = 0; y < frame.height; y += sampled_every) {
        const std::uint8_t* const line = frame.data[0] + std::ptrdiff_t(y) * frame.linesize[0];
        for (int x = 0; x < frame.width; x += sampled_every) luma.samples.push_back(line[x]);
    }
    return luma;
}

std::vector<Luma> pictures_of(const Bytes& init, const Bytes& data) {
    std::vector<Luma> pictures;
    decode::StreamConfigPtr video, audio;
    const auto packets = decode::demux_segment(init, data, video, audio);
    if (!packets) return pictures;
    decode::StreamDecoder decoder(1, [&](media::Frame frame) {
        if (frame && pictures.size() < most_pictures) pictures.push_back(luma_of(*frame));
    });
    for (const decode::DemuxedPacket& packet : *packets)
        if (packet.kind == decode::StreamKind::video && !decoder.decode(packet)) return pictures;
    decoder.drain();
    return pictures;
}

bool differ(const Luma& one, const Luma& two) {
    if (one.width != two.width || one.height != two.height || one.samples.size() != two.samples.size())
        return true;
    if (one.samples.empty()) return false;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < one.samples.size(); ++i)
        sum += std::uint64_t(std::abs(int(one.samples[i]) - int(two.samples[i])));
    return double(sum) / double(one.samples.size()) > visible_difference;
}

}  // namespace

core::Result<PictureComparison> compare_pictures(const Bytes& reference_init, const Bytes& reference,
                                                 const Bytes& other_init, const Bytes& other) {
    const auto pictures = pictures_of(reference_init, reference);
    if (pictures.empty())
        return core::fail(core::Errc::unprocessable, "the stable path's segment shows no picture");
    PictureComparison comparison{pictures.size(), 0};
    if (*reference == *other && *reference_init == *other_init) return comparison;
    const auto others = pictures_of(other_init, other);
    for (std::size_t i = 0; i < pictures.size(); ++i)
        if (i >= others.size() || differ(pictures[i], others[i])) ++comparison.different;
    return comparison;
}

}  // namespace qd::viewers
