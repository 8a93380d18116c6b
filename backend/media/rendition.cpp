#include "media/rendition.hpp"

#include <exception>

#include "core/executor.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

Rendition::Rendition(Settings settings)
    : settings_(std::move(settings)), resizer_(settings_.encoder.width, settings_.encoder.height) {}

Rendition::~Rendition() {
    abort();
    join();
}

void Rendition::start() {
    thread_ = std::thread([this] { run(); });
}

void Rendition::join() {
    if (thread_.joinable()) thread_.join();
}

bool Rendition::push(Item item) {
    const std::size_t weight = item.picture ? 1 : 0;
    return queue_.push(std::move(item), weight);
}

void Rendition::run() {
    core::name_this_thread("encode-" + settings_.name);
    const auto guarded = [this](Item item) -> core::Result<> {
        try {
            return handle(std::move(item));
        } catch (const std::exception& error) {
            return fail(Errc::internal, "encoding {}: {}", settings_.name, error.what());
        }
    };
    while (auto item = queue_.pop()) {
        const bool last = !item->picture && !item->sound;
        if (auto result = guarded(std::move(*item)); !result) {
            settings_.on_failure(result.error());
            return;
        }
        if (last) return;
    }
}

core::Result<> Rendition::handle(Item item) {
    if (item.picture) {
        if (item.picture->width != settings_.encoder.width ||
            item.picture->height != settings_.encoder.height) {
            auto resized = resizer_.resize(*item.picture);
            if (!resized) return Failure(resized.error());
            item.picture = std::move(*resized);
        }
        if (settings_.below) {
            Frame copy(av_frame_clone(item.picture.get()));
            if (!copy) return fail(Errc::internal, "out of memory");
            if (!settings_.below->push({std::move(copy), nullptr, 0})) return {};
        }
        if (!encoder_)
            if (auto opened = open(*item.picture); !opened) return opened;
        return encode(item.picture.get());
    }
    if (settings_.below) {
        Item copy{nullptr, Packet(item.sound ? av_packet_clone(item.sound.get()) : nullptr), item.end};
        if (item.sound && !copy.sound) return fail(Errc::internal, "out of memory");
        if (!settings_.below->push(std::move(copy))) return {};
    }
    if (item.sound) {
        // Sound that comes before the first picture waits in the segmenter, which is opened with that
        // picture.
        if (!segmenter_)
            early_sound_.push_back(std::move(item.sound));
        else
            return segmenter_->audio(*item.sound);
        return {};
    }
    if (!encoder_) return {};
    if (auto flushed = encode(nullptr); !flushed) return flushed;
    return segmenter_->finish(item.end);
}

core::Result<> Rendition::open(const AVFrame& picture) {
    auto encoder = open_video_encoder(settings_.encoder, picture);
    if (!encoder) return Failure(encoder.error());
    encoder_ = std::move(*encoder);
    const auto codec = codec_name(*encoder_);
    if (!codec) return Failure(codec.error());
    auto segmenter = Segmenter::open(
        *encoder_, settings_.sound, to_ticks(settings_.encoder.segment_s),
        [this, name = *codec](const std::string& bytes) { return settings_.on_init(bytes, name); },
        [this](const Segmenter::Segment& segment) { return settings_.on_segment(segment); });
    if (!segmenter) return Failure(segmenter.error());
    segmenter_ = std::move(*segmenter);
    for (const Packet& sound : early_sound_)
        if (auto added = segmenter_->audio(*sound); !added) return added;
    early_sound_.clear();
    return {};
}

core::Result<> Rendition::encode(const AVFrame* picture) {
    if (auto sent = check(avcodec_send_frame(encoder_.get(), picture), "encoding a picture"); !sent)
        return sent;
    for (;;) {
        Packet packet = make_packet();
        if (!packet) return fail(Errc::internal, "out of memory");
        const int result = avcodec_receive_packet(encoder_.get(), packet.get());
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
        if (auto received = check(result, "encoding a picture"); !received) return received;
        if (auto added = segmenter_->video(std::move(packet)); !added) return added;
    }
}

}  // namespace qd::media
