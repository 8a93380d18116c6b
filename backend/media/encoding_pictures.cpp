// The decoding side of an encode: from packets to what the renditions are fed.

#include <algorithm>
#include <cmath>

#include "media/encoding.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

core::Result<> Encoding::decode_everything() {
    const Packet packet = make_packet();
    for (;;) {
        if (patience_.over()) return fail(Errc::cancelled, "cancelled");
        const int read = source_->read(packet.get());
        if (read < 0) break;  // the end, or damage that cannot be read past: check_complete() judges
        if (packet->stream_index == video_->index) {
            ++packets_;
            int sent = avcodec_send_packet(decoder_.get(), packet.get());
            if (sent == AVERROR(EAGAIN)) {
                if (auto received = receive_pictures(); !received) return received;
                sent = avcodec_send_packet(decoder_.get(), packet.get());
            }
            if (sent < 0) ++damaged_;
        }
        av_packet_unref(packet.get());
        if (auto received = receive_pictures(); !received) return received;
    }
    avcodec_send_packet(decoder_.get(), nullptr);
    if (auto received = receive_pictures(); !received) return received;
    auto held_back = shaper_->flush();
    if (!held_back) return Failure(held_back.error());
    return *held_back ? take(std::move(*held_back)) : core::Result<>();
}

core::Result<> Encoding::receive_pictures() {
    const Frame frame = make_frame();
    for (;;) {
        const int result = avcodec_receive_frame(decoder_.get(), frame.get());
        if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
        if (result < 0) {
            ++damaged_;
            return {};
        }
        if (frame->width > limits_.max_side || frame->height > limits_.max_side)
            return fail(Errc::unprocessable, "its picture grows to {} x {}", frame->width, frame->height);
        double duration_s = double(frame->pkt_duration) * av_q2d(video_->time_base);
        if (!(duration_s > 0 && duration_s < Unwrap::jump_s)) duration_s = 1 / info_.frame_rate;
        std::optional<double> stamp;
        if (frame->best_effort_timestamp != AV_NOPTS_VALUE)
            stamp = double(frame->best_effort_timestamp) * av_q2d(video_->time_base) - origin_s_;
        frame->pts = to_ticks(unwrap_(stamp, duration_s));
        last_duration_ = to_ticks(duration_s);
        if (to_seconds(frame->pts) > limits_.max_duration_s)
            return fail(Errc::unprocessable, "it lasts longer than {:.0f} h", limits_.max_duration_s / 3600);
        auto shaped = shaper_->shape(*frame);
        if (!shaped) return Failure(shaped.error());
        if (*shaped)
            if (auto taken = take(std::move(*shaped)); !taken) return taken;
    }
}

core::Result<> Encoding::take(Frame picture) {
    pictures_.clear();
    pacer_->offer(picture->pts, pictures_);
    for (const Picture& due : pictures_) {
        if (!due.repeat) last_ = std::move(picture);
        if (auto emitted = emit(due); !emitted) return emitted;
    }
    if (!poster_written_ && last_ && poster_.offer(*last_, *pacer_->last())) return write_poster();
    return {};
}

core::Result<> Encoding::emit(const Picture& picture) {
    if (sound_) {
        std::vector<Packet> packets;
        if (auto advanced = sound_->advance(picture.at, packets); !advanced) return advanced;
        if (auto pushed = push_sound(packets); !pushed) return pushed;
    }
    Rendition::Item item;
    item.picture.reset(av_frame_clone(last_.get()));
    if (!item.picture) return fail(Errc::internal, "out of memory");
    item.picture->pts = picture.at;
    item.picture->pict_type = picture.begins_group ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    item.picture->key_frame = 0;
    ++frames_;
    publication_->progress(0.99 * to_seconds(picture.at) / info_.duration_s);
    return push(std::move(item));
}

core::Result<> Encoding::push_sound(std::vector<Packet>& packets) {
    for (Packet& packet : packets)
        if (auto pushed = push({nullptr, std::move(packet), 0}); !pushed) return pushed;
    return {};
}

core::Result<> Encoding::push(Rendition::Item item) {
    if (patience_.over()) return fail(Errc::cancelled, "cancelled");
    if (renditions_.back()->push(std::move(item))) return {};
    const std::lock_guard lock(failure_mutex_);
    return Failure(failure_.value_or(core::Error{Errc::cancelled, "cancelled"}));
}

core::Result<> Encoding::finish_streams() {
    if (!pacer_->last()) return fail(Errc::unprocessable, "none of its pictures can be decoded");
    pictures_end_ = *pacer_->last() + std::max<Ticks>(1, last_duration_);
    end_ = pictures_end_;
    const auto repeat_until = [this](Ticks until) -> core::Result<> {
        pictures_.clear();
        pacer_->extend(until, pictures_);
        for (const Picture& due : pictures_)
            if (auto emitted = emit(due); !emitted) return emitted;
        return {};
    };
    if (auto repeated = repeat_until(end_); !repeated) return repeated;
    // Sound that outlasts the picture is heard over the last one.
    while (sound_) {
        const Ticks until = pacer_->next_boundary() + Pacer::longest_delay;
        const auto more = sound_->goes_beyond(until);
        if (!more) return Failure(more.error());
        if (!*more) break;
        if (to_seconds(until) > limits_.max_duration_s)
            return fail(Errc::unprocessable, "its sound lasts longer than {:.0f} h",
                        limits_.max_duration_s / 3600);
        if (auto repeated = repeat_until(until + 1); !repeated) return repeated;
    }
    if (sound_) end_ = std::max(end_, sound_->end());
    if (auto repeated = repeat_until(end_); !repeated) return repeated;
    if (auto complete = check_complete(); !complete) return complete;
    if (!poster_written_)
        if (auto written = write_poster(); !written) return written;
    if (sound_) {
        std::vector<Packet> packets;
        if (auto finished = sound_->finish(end_, packets); !finished) return finished;
        if (auto pushed = push_sound(packets); !pushed) return pushed;
    }
    return push({nullptr, nullptr, end_});
}

core::Result<> Encoding::check_complete() const {
    const double pictures_s = to_seconds(pictures_end_);
    double declared_s = info_.duration_s;
    double decoded_s = to_seconds(end_);
    if (video_->duration > 0) {
        // The picture's own duration, where the container has it: sound that goes on must not hide its loss.
        declared_s = std::min(declared_s, double(video_->duration) * av_q2d(video_->time_base));
        decoded_s = std::min(decoded_s, pictures_s);
    }
    if (declared_s - decoded_s > std::max(1.0, 0.1 * declared_s))
        return fail(
            Errc::unprocessable,
            "the file is truncated: {:.1f} s of its {:.1f} s could be decoded. Upload it again, complete",
            decoded_s, declared_s);
    if (damaged_ > 5 && damaged_ * 10 > packets_)
        return fail(Errc::unprocessable, "the file is damaged: {} of its {} pictures cannot be decoded",
                    damaged_, packets_);
    return {};
}

core::Result<> Encoding::write_poster() {
    poster_written_ = true;
    auto jpeg = poster_.jpeg();
    if (!jpeg) return Failure(jpeg.error());
    return publication_->poster(*jpeg);
}

}  // namespace qd::media
