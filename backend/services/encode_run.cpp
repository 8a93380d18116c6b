#include "services/encode_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "core/executor.hpp"
#include "services/head_start.hpp"
#include "services/idle_priority.hpp"

namespace qd::services {
namespace {

using core::Errc;
using core::Result;
using storage::Video;
using storage::VideoState;
using namespace std::chrono_literals;

constexpr auto progress_period = 1s;
constexpr auto space_wait = 30s;
constexpr std::uint64_t spare_bytes = 8 << 20;
constexpr double segments_in_the_making = 2;  // read by the encoder, but not published
constexpr std::size_t page_size = 100, most_pages = 100;

/// The source itself is at fault: another attempt would end the same way.
bool is_final(Errc code) {
    return code == Errc::unprocessable || code == Errc::invalid_argument || code == Errc::too_large ||
           code == Errc::corrupt || code == Errc::not_found;
}

/// What the ladder will take at most, by its rate limits, and a little for everybody else.
std::uint64_t bytes_needed(const Video& video, const media::LadderSettings& settings) {
    double bits_per_second = 0;
    for (const media::Rung& rung : media::make_ladder(int(video.width), int(video.height), settings))
        bits_per_second += double(rung.video_bitrate + settings.audio_bitrate) * 1.1;
    return std::uint64_t(bits_per_second / 8 * video.duration.count()) + spare_bytes;
}

std::vector<storage::Rendition> renditions(const hls::MultivariantPlaylist& master) {
    std::vector<storage::Rendition> found;
    for (const hls::Variant& variant : master.variants) {
        // ".../480p/index.m3u8"
        const std::filesystem::path path(variant.uri);
        found.push_back({path.parent_path().filename().string(), unsigned(std::max(variant.width(), 0)),
                         unsigned(std::max(variant.height(), 0)), variant.bandwidth, variant.codecs});
    }
    return found;
}

}  // namespace

EncodeRun::EncodeRun(const Origin& origin, const EncodeOptions& options, telemetry::Counter& encode_seconds,
                     const storage::Job& job)
    : origin_(origin),
      options_(options),
      encode_seconds_(encode_seconds),
      job_(job),
      id_(job.key),
      lease_kept_at_(origin.clock.now()) {}

void EncodeRun::run(std::stop_token stop) {
    if (!begin()) return;
    const auto title = encode(stop);
    // The title may have been finished before the request to cancel was heard.
    if (cancelled_ == Cancel::lost) return clear_away();
    if (cancelled_ == Cancel::broken) {
        if (broken_->code == Errc::no_space) return wait_for_space(*broken_);
        return try_again(*broken_);
    }
    if (title) return finish(*title);
    if (cancelled_ == Cancel::stopping) return hand_back();
    if (title.error().code == Errc::no_space) return wait_for_space(title.error());
    if (is_final(title.error().code)) return give_up(title.error());
    try_again(title.error());
}

/// False when there is nothing to encode.
bool EncodeRun::begin() {
    const auto video = origin_.videos.get(id_);
    if (!video && video.error().code == Errc::not_found) {
        clear_away();
        static_cast<void>(origin_.jobs.complete(job_));
        return false;
    }
    if (!video) {
        try_again(video.error());
        return false;
    }
    if (video->state == VideoState::ready || video->state == VideoState::failed) {
        // The worker before us got as far as that and no further.
        if (video->state == VideoState::ready)
            static_cast<void>(origin_.jobs.complete(job_));
        else
            end_for_good("failed");
        return false;
    }
    if (job_.exhausted()) {
        give_up(
            {Errc::internal, fmt::format("its encoding ended {} times without a result", job_.max_attempts)});
        return false;
    }
    if (const auto removed = origin_.objects.remove(media_key(id_)); !removed) {
        try_again(removed.error());
        return false;
    }
    const auto free = origin_.objects.free_bytes();
    if (free && *free < bytes_needed(*video, options_.ladder)) {
        wait_for_space({Errc::no_space, fmt::format("{} MB are free and {} MB needed", *free / 1'000'000,
                                                    bytes_needed(*video, options_.ladder) / 1'000'000)});
        return false;
    }
    duration_ = video->duration;
    origin_.log.info("encoding begins",
                     {{"video", id_.value}, {"attempt", job_.attempt}, {"worker", options_.worker}});
    update([](Video& v) {
        v.state = VideoState::processing;
        v.progress = 0;
        v.error.reset();
        v.renditions.clear();
        v.has_poster = false;
    });
    return cancelled_ == Cancel::none;
}

Result<media::EncodedTitle> EncodeRun::encode(std::stop_token stop) {
    const auto source = origin_.objects.open(source_key(id_));
    if (!source && source.error().code == Errc::not_found)
        return core::fail(Errc::not_found, "the uploaded file is missing; upload it again");
    if (!source) return core::Failure(source.error());

    media::EncodeJob what;
    // By its descriptor, so that any store will do.
    what.source = fmt::format("/proc/self/fd/{}", source->file->get());
    what.output_folder = options_.work_folder / "title";
    what.ladder = options_.ladder;
    what.segment_duration = options_.segment_duration;
    what.threads = options_.threads;
    what.public_uri_prefix = "/media/" + id_.value + "/";
    if (auto made = core::make_directories(options_.work_folder / "staged"); !made)
        return core::Failure(made.error());

    last_event_at_ = shown_at_ = began_at_ = origin_.clock.steady_now();
    const bool idle = options_.idle && !site_is_empty();
    auto counted_until = last_event_at_;
    std::thread encoder([&] {
        core::name_this_thread("encode");
        if (idle) run_at_idle_priority();
        events_.push(Finished{options_.encoder(what, hooks(), cancellation_.get_token())});
    });
    while (!result_) {
        auto event = events_.pop(200ms);
        keep_lease();
        if (event) handle(std::move(*event));
        watch(stop);
        const auto now = origin_.clock.steady_now();
        encode_seconds_.Increment(std::max(0.0, core::Seconds(now - counted_until).count()));
        counted_until = now;
    }
    encoder.join();
    return std::move(*result_);
}

/// Called on the encoder's threads, one at a time.
media::EncodeHooks EncodeRun::hooks() {
    media::EncodeHooks hooks;
    hooks.on_progress = [this](double part) { events_.push(Progress{part}); };
    hooks.on_playable = [this](const hls::MultivariantPlaylist& master) { events_.push(master); };
    hooks.on_file = [this](const std::string& relative_path) {
        auto staged = stage(relative_path);
        if (staged)
            events_.push(File{relative_path, std::move(*staged)});
        else
            events_.push(staged.error());
    };
    return hooks;
}

/// Keeps the file as it is now: a playlist may be written anew before it is published, and must not then list
/// what has not been published.
Result<std::filesystem::path> EncodeRun::stage(const std::string& relative_path) {
    const auto file = options_.work_folder / "title" / relative_path;
    auto staged = options_.work_folder / "staged" / std::to_string(staged_++);
    if (::link(file.c_str(), staged.c_str()) == 0) return staged;
    if (errno == ENOSPC || errno == ENOENT) return core::fail_errno("publishing " + relative_path, errno);
    std::error_code error;  // a file system without links
    std::filesystem::copy_file(file, staged, error);
    if (error) return core::fail_errno("publishing " + relative_path, error.value());
    return staged;
}

void EncodeRun::handle(Event event) {
    last_event_at_ = origin_.clock.steady_now();
    if (auto* finished = std::get_if<Finished>(&event)) {
        result_ = std::move(finished->title);
        return;
    }
    if (cancelled_ != Cancel::none) return;
    if (const auto* file = std::get_if<File>(&event)) return publish(*file);
    if (const auto* error = std::get_if<core::Error>(&event)) return cancel(Cancel::broken, *error);
    if (const auto* progress = std::get_if<Progress>(&event)) {
        part_ = progress->part;
        show_progress(part_);
    } else {
        early_ = std::move(std::get<hls::MultivariantPlaylist>(event));
    }
    offer_early();
}

void EncodeRun::offer_early() {
    if (!early_ || cancelled_ != Cancel::none) return;
    const core::Seconds published = part_ * duration_ - segments_in_the_making * options_.segment_duration;
    if (!has_head_start({duration_, published, origin_.clock.steady_now() - began_at_})) return;
    origin_.log.info("video playable", {{"video", id_.value}, {"renditions", early_->variants.size()}});
    update([&](Video& v) {
        v.state = VideoState::playable;
        v.renditions = renditions(*early_);
        v.has_poster = has_poster_;
    });
    early_.reset();
}

bool EncodeRun::site_is_empty() const {
    std::string cursor;
    for (std::size_t page = 0; page < most_pages; ++page) {
        const auto videos = origin_.videos.list(cursor, page_size);
        if (!videos) return false;
        for (const Video& video : videos->items)
            if (video.state == VideoState::ready || video.state == VideoState::playable) return false;
        cursor = videos->next;
        if (cursor.empty()) return true;
    }
    return false;
}

void EncodeRun::publish(const File& file) {
    // What is lost with the power is encoded again: the job is complete only after a sync.
    const auto put = origin_.objects.put(media_key(id_, file.key), file.staged, storage::Durability::later);
    if (!put) return cancel(Cancel::broken, put.error());
    if (file.key.ends_with(".jpg")) has_poster_ = true;
}

void EncodeRun::show_progress(double part) {
    const auto now = origin_.clock.steady_now();
    if (now - shown_at_ < progress_period) return;
    shown_at_ = now;
    update([&](Video& v) {
        v.progress = std::clamp(part, 0.0, 1.0);
        v.has_poster = has_poster_;
    });
}

/// Renews the lease in time, and before anything is published after a pause (a laptop's sleep, a stopped
/// process).
void EncodeRun::keep_lease() {
    const auto now = origin_.clock.now();
    if (cancelled_ != Cancel::none || (now >= lease_kept_at_ && now - lease_kept_at_ < options_.lease / 4))
        return;
    const auto kept = origin_.jobs.heartbeat(job_, options_.lease);
    if (kept) {
        lease_kept_at_ = now;
    } else if (kept.error().code == Errc::conflict) {
        cancel(Cancel::lost);
    } else {
        origin_.log.warning("the lease could not be renewed",
                            {{"video", id_.value}, {"reason", kept.error().message}});
        // Without a word from the queue the job may be another's by now.
        if (now < lease_kept_at_ || now - lease_kept_at_ > options_.lease) cancel(Cancel::lost);
    }
}

void EncodeRun::watch(std::stop_token stop) {
    if (stop.stop_requested()) cancel(Cancel::stopping);
    const auto now = origin_.clock.steady_now();
    if (now - last_event_at_ > options_.stall_limit)
        cancel(Cancel::broken, core::Error{Errc::timeout, fmt::format("the encoder made no progress for {} s",
                                                                      options_.stall_limit.count())});
    if (cancelled_at_ && !result_ && now - *cancelled_at_ > options_.hang_limit && options_.on_hung) {
        origin_.log.error("the encoder hangs", {{"video", id_.value}});
        options_.on_hung();
    }
}

/// The first reason counts.
void EncodeRun::cancel(Cancel why, std::optional<core::Error> error) {
    if (cancelled_ != Cancel::none) return;
    cancelled_ = why;
    broken_ = std::move(error);
    cancelled_at_ = origin_.clock.steady_now();
    cancellation_.request_stop();
}

/// False when it could not be written, which cancels.
template <class Change>
bool EncodeRun::update(Change&& change) {
    const auto updated = storage::modify(origin_.videos, id_, change);
    if (updated) return true;
    if (updated.error().code == Errc::not_found)
        cancel(Cancel::lost);
    else
        cancel(Cancel::broken, updated.error());
    return false;
}

// ---- ends ----

void EncodeRun::finish(const media::EncodedTitle& title) {
    if (const auto synced = origin_.objects.sync(media_key(id_)); !synced) return try_again(synced.error());
    update([&](Video& v) {
        v.state = VideoState::ready;
        v.progress = 1;
        v.duration = core::Seconds(title.duration_s);
        v.frame_rate = title.frame_rate;
        v.has_audio = title.source.has_audio;
        v.has_poster = has_poster_;
        v.renditions.clear();
        for (const media::EncodedRung& rung : title.rungs)
            v.renditions.push_back({rung.rung.name, unsigned(rung.rung.width), unsigned(rung.rung.height),
                                    rung.bandwidth.peak, rung.codecs});
    });
    if (cancelled_ == Cancel::lost) return clear_away();
    if (cancelled_ == Cancel::broken) return try_again(*broken_);
    if (const auto completed = origin_.jobs.complete(job_); !completed)
        origin_.log.warning("the job was finished by another hand", {{"video", id_.value}});
    origin_.log.info("video ready", {{"video", id_.value},
                                     {"duration_s", title.duration_s},
                                     {"bytes", title.bytes},
                                     {"renditions", title.rungs.size()}});
}

void EncodeRun::hand_back() {
    static_cast<void>(origin_.objects.remove(media_key(id_)));
    update([](Video& v) {
        v.state = VideoState::queued, v.progress = 0, v.renditions.clear(), v.has_poster = false;
    });
    static_cast<void>(origin_.jobs.release(job_));
    origin_.log.info("encoding handed back", {{"video", id_.value}});
}

/// The job is no longer ours. If its video is gone, so is all that we may have published after it went.
void EncodeRun::clear_away() {
    const auto video = origin_.videos.get(id_);
    if (video || video.error().code != Errc::not_found) return;
    static_cast<void>(origin_.objects.remove(media_key(id_)));
    static_cast<void>(origin_.objects.remove(source_key(id_)));
    origin_.log.info("encoding dropped: the video was removed", {{"video", id_.value}});
}

void EncodeRun::wait_for_space(const core::Error& error) {
    origin_.log.warning("encoding waits for space", {{"video", id_.value}, {"reason", error.message}});
    static_cast<void>(origin_.objects.remove(media_key(id_)));
    update([&](Video& v) {
        v.state = VideoState::queued, v.progress = 0, v.renditions.clear(), v.has_poster = false;
        v.error = {std::string(core::to_string(error.code)),
                   "the disk is full; encoding goes on when there is space"};
    });
    static_cast<void>(origin_.jobs.release(job_, space_wait));
}

void EncodeRun::give_up(const core::Error& error) {
    origin_.log.warning("encoding failed", {{"video", id_.value}, {"reason", error.message}});
    const bool told = update([&](Video& v) {
        v.state = VideoState::failed, v.progress = 0, v.renditions.clear(), v.has_poster = false;
        v.error = {std::string(core::to_string(error.code)), error.message};
    });
    // A job that ends before its video says so would leave it "processing" for ever.
    if (!told) return static_cast<void>(origin_.jobs.release(job_, space_wait));
    end_for_good(error.message);
}

void EncodeRun::end_for_good(std::string_view reason) {
    static_cast<void>(origin_.objects.remove(media_key(id_)));
    static_cast<void>(origin_.objects.remove(source_key(id_)));
    // Last, so that a crash in between has somebody do this again.
    static_cast<void>(origin_.jobs.bury(job_, reason));
}

void EncodeRun::try_again(const core::Error& error) {
    if (job_.attempt >= job_.max_attempts) return give_up(error);
    origin_.log.warning("encoding will be tried again",
                        {{"video", id_.value}, {"attempt", job_.attempt}, {"reason", error.message}});
    static_cast<void>(origin_.objects.remove(media_key(id_)));
    update([](Video& v) {
        v.state = VideoState::queued, v.progress = 0, v.renditions.clear(), v.has_poster = false;
    });
    static_cast<void>(origin_.jobs.fail(job_, error.message));
}

}  // namespace qd::services
