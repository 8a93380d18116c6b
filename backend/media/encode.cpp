// The decoding side of an encode: reads the source once, paces its pictures, brings the sound along, and
// feeds the renditions, which run on threads of their own.

#include "media/encode.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include "media/geometry.hpp"
#include "media/pacer.hpp"
#include "media/poster.hpp"
#include "media/publication.hpp"
#include "media/rendition.hpp"
#include "media/shaper.hpp"
#include "media/sound.hpp"
#include "media/source.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

Ticks to_ticks(double seconds) {
    return std::llround(seconds * double(ticks_per_second));
}
double to_seconds(Ticks ticks) {
    return double(ticks) / double(ticks_per_second);
}

/// What counts as 0: the first of picture and sound, unless they lie so far apart that one of them is a
/// mistake.
double origin_of(const AVStream* video, const AVStream* audio) {
    const auto start_s = [](const AVStream* stream) -> std::optional<double> {
        if (!stream || stream->start_time == AV_NOPTS_VALUE) return std::nullopt;
        return double(stream->start_time) * av_q2d(stream->time_base);
    };
    const auto picture = start_s(video);
    const auto sound = start_s(audio);
    if (!picture) return sound.value_or(0);
    if (!sound || std::abs(*sound - *picture) > Unwrap::jump_s) return *picture;
    return std::min(*picture, *sound);
}

class Encode {
public:
    Encode(const EncodeJob& job, const EncodeHooks& hooks, std::stop_token stop)
        : job_(job), hooks_(hooks), patience_{std::move(stop), std::nullopt} {}
    ~Encode() { abort(); }

    core::Result<EncodedTitle> run();

private:
    core::Result<> open();
    void start_renditions(const std::vector<Rung>& ladder);
    core::Result<> decode_everything();
    core::Result<> receive_pictures();
    core::Result<> take(Frame picture);
    core::Result<> emit(const Picture& picture);
    core::Result<> push_sound(std::vector<Packet>& packets);
    core::Result<> push(Rendition::Item item);
    core::Result<> finish_streams();
    core::Result<> check_complete() const;
    core::Result<> write_poster();
    void note_failure(const core::Error& error);
    void abort();

    const EncodeJob& job_;
    const EncodeHooks& hooks_;
    const Patience patience_;
    const ProbeLimits limits_;
    SourceInfo info_;
    std::optional<Source> source_;
    AVStream* video_ = nullptr;
    CodecContext decoder_;
    CodecParameters sound_parameters_;
    std::unique_ptr<Sound> sound_;
    std::optional<Shaper> shaper_;
    std::optional<Pacer> pacer_;
    PosterPicker poster_;
    bool poster_written_ = false;
    Unwrap unwrap_;
    double origin_s_ = 0;
    Frame last_;               // what the last picture showed
    Ticks last_duration_ = 0;  // of that picture
    Ticks pictures_end_ = 0;   // of the source's own pictures
    Ticks end_ = 0;            // of the title
    std::uint64_t frames_ = 0;  // sent to the renditions
    std::uint64_t packets_ = 0;
    std::uint64_t damaged_ = 0;
    std::vector<Picture> pictures_;  // reused
    std::optional<Publication> publication_;
    std::vector<std::unique_ptr<Rendition>> renditions_;  // lowest first; they use publication_
    std::mutex failure_mutex_;
    std::optional<core::Error> failure_;
};

core::Result<EncodedTitle> Encode::run() {
    if (const double length = job_.segment_duration.count(); !(length >= 1 && length <= 10))
        return fail(Errc::invalid_argument, "segments last between 1 and 10 seconds, not {}", length);
    if (job_.threads == 0 || job_.threads > 64)
        return fail(Errc::invalid_argument, "threads: between 1 and 64");
    auto info = probe(job_.source, limits_);
    if (!info) return Failure(info.error());
    info_ = std::move(*info);
    auto result = open();
    if (result) result = decode_everything();
    if (result) result = finish_streams();
    if (result)
        for (const auto& rendition : renditions_) rendition->join();
    {
        const std::lock_guard lock(failure_mutex_);
        if (failure_) result = Failure(*failure_);
    }
    if (result && patience_.stop.stop_requested()) result = fail(Errc::cancelled, "cancelled");
    if (!result) return Failure(result.error());
    const double duration_s = to_seconds(end_);
    const double frame_rate =
        std::min(job_.ladder.max_frame_rate, duration_s > 0 ? double(frames_) / duration_s : 0);
    // A constant rate is what the container says, to the last digit; only an uneven one is measured.
    const bool even = std::abs(frame_rate - info_.frame_rate) < 0.02 * info_.frame_rate;
    auto title = publication_->finish(even ? info_.frame_rate : frame_rate);
    if (!title) return title;
    publication_->progress(1);
    title->source = info_;
    title->duration_s = duration_s;
    title->frame_rate = even ? info_.frame_rate : frame_rate;
    title->frames = frames_;
    return title;
}

core::Result<> Encode::open() {
    auto source = Source::open(job_.source, patience_, limits_.probe_bytes);
    if (!source) return Failure(source.error());
    source_.emplace(std::move(*source));
    video_ = source_->video();
    if (!video_) return fail(Errc::unprocessable, "the file has no moving picture");
    origin_s_ = origin_of(video_, source_->audio());
    source_->select_only(video_);
    unwrap_ = Unwrap((source_->format()->iformat->flags & AVFMT_TS_DISCONT) != 0);
    auto decoder = open_decoder(video_, job_.threads, limits_.max_pixels);
    if (!decoder) return Failure(decoder.error());
    decoder_ = std::move(*decoder);
    if (info_.has_audio) {
        auto sound = Sound::open(job_.source, patience_, origin_s_, job_.ladder.audio_bitrate);
        if (!sound) return Failure(sound.error());
        sound_ = std::move(*sound);
        sound_parameters_.reset(avcodec_parameters_alloc());
        if (auto copied = check(avcodec_parameters_from_context(sound_parameters_.get(), &sound_->encoder()),
                                "describing the sound");
            !copied)
            return copied;
    }
    const auto ladder = make_ladder(info_.width, info_.height, job_.ladder);
    const auto field_order = video_->codecpar->field_order;
    shaper_.emplace(Shaper::Settings{ladder.back().width, ladder.back().height, info_.rotation_deg,
                                     field_order != AV_FIELD_UNKNOWN && field_order != AV_FIELD_PROGRESSIVE,
                                     job_.threads});
    const bool too_fast = info_.frame_rate > job_.ladder.max_frame_rate * 1.02;
    pacer_.emplace(to_ticks(job_.segment_duration.count()),
                   too_fast ? std::optional(to_ticks(1 / job_.ladder.max_frame_rate)) : std::nullopt);
    publication_.emplace(job_, hooks_, ladder, std::min(info_.frame_rate, job_.ladder.max_frame_rate),
                         sound_ != nullptr);
    if (auto prepared = publication_->prepare(); !prepared) return prepared;
    start_renditions(ladder);
    return {};
}

void Encode::start_renditions(const std::vector<Rung>& ladder) {
    double pixels = 0;
    for (const Rung& rung : ladder) pixels += double(rung.width) * rung.height;
    Rendition* below = nullptr;
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const Rung& rung = ladder[i];
        Rendition::Settings settings;
        settings.name = rung.name;
        settings.encoder.width = rung.width;
        settings.encoder.height = rung.height;
        settings.encoder.bitrate = rung.video_bitrate;
        settings.encoder.frame_rate = std::min(info_.frame_rate, job_.ladder.max_frame_rate);
        settings.encoder.segment_s = job_.segment_duration.count();
        // Threads in proportion to the work, so that the largest rung is not left alone with one core at the
        // end.
        const double share = double(rung.width) * rung.height / pixels;
        settings.encoder.threads = unsigned(std::max(1L, std::lround(share * job_.threads + 0.2)));
        settings.sound = sound_parameters_.get();
        settings.below = below;
        settings.on_init = [this, i](const std::string& bytes, const std::string& codec) {
            return publication_->init(i, bytes, sound_ ? codec + ",mp4a.40.2" : codec);
        };
        settings.on_segment = [this, i](const Segmenter::Segment& segment) {
            return publication_->segment(i, segment);
        };
        settings.on_failure = [this](const core::Error& error) { note_failure(error); };
        renditions_.push_back(std::make_unique<Rendition>(std::move(settings)));
        below = renditions_.back().get();
    }
    for (const auto& rendition : renditions_) rendition->start();
}

core::Result<> Encode::decode_everything() {
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

core::Result<> Encode::receive_pictures() {
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

core::Result<> Encode::take(Frame picture) {
    pictures_.clear();
    pacer_->offer(picture->pts, pictures_);
    for (const Picture& due : pictures_) {
        if (!due.repeat) last_ = std::move(picture);
        if (auto emitted = emit(due); !emitted) return emitted;
    }
    if (!poster_written_ && last_ && poster_.offer(*last_, *pacer_->last())) return write_poster();
    return {};
}

core::Result<> Encode::emit(const Picture& picture) {
    if (sound_) {
        std::vector<Packet> packets;
        if (auto advanced = sound_->advance(picture.at, packets); !advanced) return advanced;
        if (auto pushed = push_sound(packets); !pushed) return pushed;
    }
    Rendition::Item item;
    item.picture.reset(av_frame_clone(last_.get()));
    if (!item.picture) return fail(Errc::internal, "out of memory");
    item.picture->pts = picture.at;
    item.picture->pict_type = picture.begins_segment ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    item.picture->key_frame = 0;
    ++frames_;
    publication_->progress(0.99 * to_seconds(picture.at) / info_.duration_s);
    return push(std::move(item));
}

core::Result<> Encode::push_sound(std::vector<Packet>& packets) {
    for (Packet& packet : packets)
        if (auto pushed = push({nullptr, std::move(packet), 0}); !pushed) return pushed;
    return {};
}

core::Result<> Encode::push(Rendition::Item item) {
    if (patience_.over()) return fail(Errc::cancelled, "cancelled");
    if (renditions_.back()->push(std::move(item))) return {};
    const std::lock_guard lock(failure_mutex_);
    return Failure(failure_.value_or(core::Error{Errc::cancelled, "cancelled"}));
}

core::Result<> Encode::finish_streams() {
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

core::Result<> Encode::check_complete() const {
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

core::Result<> Encode::write_poster() {
    poster_written_ = true;
    auto jpeg = poster_.jpeg();
    if (!jpeg) return Failure(jpeg.error());
    return publication_->poster(*jpeg);
}

void Encode::note_failure(const core::Error& error) {
    {
        const std::lock_guard lock(failure_mutex_);
        if (!failure_) failure_ = error;
    }
    for (const auto& rendition : renditions_) rendition->abort();
}

void Encode::abort() {
    for (const auto& rendition : renditions_) rendition->abort();
    for (const auto& rendition : renditions_) rendition->join();
}

}  // namespace

core::Result<EncodedTitle> encode(const EncodeJob& job, const EncodeHooks& hooks, std::stop_token stop) {
    quiet_ffmpeg();
    try {
        Encode running(job, hooks, std::move(stop));
        return running.run();
    } catch (const std::exception& error) {
        return fail(Errc::internal, "encoding {}: {}", job.source.string(), error.what());
    }
}

}  // namespace qd::media
