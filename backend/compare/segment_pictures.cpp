#include "compare/segment_pictures.hpp"

#include <deque>
#include <functional>
#include <utility>

#include "compare/frame_luma.hpp"
#include "compare/picture_score.hpp"
#include "compare/tile_means.hpp"
#include "compare/verdict.hpp"
#include "decode/stream_decoder.hpp"

namespace qd::compare {
namespace {

constexpr std::uint64_t most_pictures = 2'000;

/// One segment's pictures one at a time, so that never more than a few are in memory.
class Pictures {
public:
    explicit Pictures(const SegmentBytes& bytes)
        : decoder_(1, [this](media::Frame frame) { ready_.push_back(std::move(frame)); }) {
        decode::StreamConfigPtr video, audio;
        if (auto read = decode::demux_segment(bytes.init, bytes.data, video, audio))
            packets_ = std::move(*read);
    }
    /// Null when there are no more.
    media::Frame next() {
        while (ready_.empty() && !drained_) {
            while (at_ < packets_.size() && packets_[at_].kind != decode::StreamKind::video) ++at_;
            if (at_ < packets_.size() && decoder_.decode(packets_[at_])) {
                ++at_;
                continue;
            }
            drained_ = true;
            decoder_.drain();
        }
        if (ready_.empty()) return nullptr;
        media::Frame frame = std::move(ready_.front());
        ready_.pop_front();
        return frame;
    }

private:
    std::vector<decode::DemuxedPacket> packets_;
    std::size_t at_ = 0;
    bool drained_ = false;
    std::deque<media::Frame> ready_;
    decode::StreamDecoder decoder_;
};

}  // namespace

core::Result<SegmentPictures> compare_segments(const SegmentBytes& reference, const SegmentBytes& other) {
    const bool same_bytes = *reference.data == *other.data && *reference.init == *other.init;
    const Thresholds thresholds;
    SegmentPictures result;
    Pictures ours(reference);
    std::optional<Pictures> others;
    if (!same_bytes) others.emplace(other);
    while (const media::Frame picture = ours.next()) {
        if (result.pictures == most_pictures) break;
        ++result.pictures;
        if (same_bytes) {
            result.ssim.push_back(1);
            continue;
        }
        const media::Frame counterpart = others->next();
        const auto luma = luma_of(*picture);
        const auto shown = counterpart
                               ? luma_of(*counterpart)
                               : core::Result<Luma>(core::fail(core::Errc::not_found, "it is missing"));
        const auto score = luma && shown
                               ? score_pictures(luma->view, shown->view)
                               : core::Result<PictureScore>(core::fail(core::Errc::not_found, "none"));
        if (score) result.ssim.push_back(score->ssim);
        if (!score || score->psnr_db < thresholds.psnr_db || score->ssim < thresholds.ssim_single ||
            patch_difference(*luma, *shown) > thresholds.patch)
            ++result.different;
    }
    if (result.pictures == 0)
        return core::fail(core::Errc::unprocessable, "the stable path's segment shows no picture");
    return result;
}

}  // namespace qd::compare
