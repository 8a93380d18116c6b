#include "media/encode.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include "media/encoding.hpp"

namespace qd::media {

using core::Errc;
using core::fail;
using core::Failure;

namespace {

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

}  // namespace

core::Result<EncodedTitle> Encoding::run() {
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

core::Result<> Encoding::open() {
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

void Encoding::start_renditions(const std::vector<Rung>& ladder) {
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

void Encoding::note_failure(const core::Error& error) {
    {
        const std::lock_guard lock(failure_mutex_);
        if (!failure_) failure_ = error;
    }
    for (const auto& rendition : renditions_) rendition->abort();
}

void Encoding::abort() {
    for (const auto& rendition : renditions_) rendition->abort();
    for (const auto& rendition : renditions_) rendition->join();
}

core::Result<EncodedTitle> encode(const EncodeJob& job, const EncodeHooks& hooks, std::stop_token stop) {
    quiet_ffmpeg();
    try {
        Encoding running(job, hooks, std::move(stop));
        return running.run();
    } catch (const std::exception& error) {
        return fail(Errc::internal, "encoding {}: {}", job.source.string(), error.what());
    }
}

}  // namespace qd::media
