#pragma once
// One claimed job: the encode runs on threads of idle priority, unless the site has nothing to play yet; what
// it says is published by the calling thread, so that no database waits for an idle one.

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "media/encode.hpp"
#include "services/event_channel.hpp"
#include "services/origin.hpp"
#include "telemetry/metrics.hpp"

namespace qd::services {

/// media::encode, or what a test puts in its place.
using Encoder = std::function<core::Result<media::EncodedTitle>(const media::EncodeJob&,
                                                                const media::EncodeHooks&, std::stop_token)>;

struct EncodeOptions {
    std::string worker;                 // this worker's name in the queue
    std::filesystem::path work_folder;  // ours alone; best on the objects' file system
    std::chrono::milliseconds lease{15'000};
    core::Seconds segment_duration{4};
    unsigned threads = 2;
    bool idle = true;  // see idle_priority.hpp; not for the first title of a site
    media::LadderSettings ladder;
    std::chrono::seconds stall_limit{300};  // without any progress: the attempt failed
    std::chrono::seconds hang_limit{30};    // cancelled, and still there: on_hung
    /// The encoder does not come back. It cannot be ended alone, so the process should end; another one takes
    /// over.
    std::function<void()> on_hung;
    Encoder encoder = [](const auto& job, const auto& hooks, auto stop) {
        return media::encode(job, hooks, stop);
    };
};

/// Runs `job` until it is done, failed, handed back or lost, and leaves metadata, objects and queue
/// accordingly:
/// - done: ready;
/// - the source is at fault: failed, all its files removed, no further attempt;
/// - infrastructure is at fault: queued, to be tried again; failed after the last attempt. A full disk is
/// waited for;
/// - `stop`: handed back;
/// - the lease is lost, or the video was removed: nothing of ours stays.
/// Before it is done the title becomes playable as soon as its viewers will not catch the encoder up (see
/// head_start.hpp).
class EncodeRun {
public:
    EncodeRun(const Origin& origin, const EncodeOptions& options, telemetry::Counter& encode_seconds,
              const storage::Job& job);

    void run(std::stop_token stop);

private:
    struct File {
        std::string key;
        std::filesystem::path staged;
    };
    struct Progress {
        double part;
    };
    struct Finished {
        core::Result<media::EncodedTitle> title;
    };
    using Event = std::variant<File, Progress, hls::MultivariantPlaylist, Finished, core::Error>;

    enum class Cancel { none, stopping, lost, broken };

    bool begin();
    core::Result<media::EncodedTitle> encode(std::stop_token stop);
    media::EncodeHooks hooks();
    core::Result<std::filesystem::path> stage(const std::string& relative_path);
    void handle(Event event);
    void publish(const File& file);
    void keep_lease();
    void watch(std::stop_token stop);
    void cancel(Cancel why, std::optional<core::Error> error = std::nullopt);
    template <class Change>
    bool update(Change&& change);
    void show_progress(double part);
    void offer_early();
    /// Nothing can be played on the whole site: nobody's playback is disturbed, and all wait for this one.
    bool site_is_empty() const;

    void finish(const media::EncodedTitle& title);
    void hand_back();
    void clear_away();
    void wait_for_space(const core::Error& error);
    void give_up(const core::Error& error);
    void end_for_good(std::string_view reason);
    void try_again(const core::Error& error);

    const Origin& origin_;
    const EncodeOptions& options_;
    telemetry::Counter& encode_seconds_;
    const storage::Job job_;
    const storage::VideoId id_;

    EventChannel<Event> events_{256};
    std::stop_source cancellation_;
    Cancel cancelled_ = Cancel::none;
    std::optional<core::Error> broken_;
    std::optional<core::Result<media::EncodedTitle>> result_;
    core::WallTime lease_kept_at_;
    core::SteadyTime last_event_at_;
    core::SteadyTime began_at_;
    core::Seconds duration_{};                        // as the upload's probe told
    double part_ = 0;                                 // taken by the encoder so far
    std::optional<hls::MultivariantPlaylist> early_;  // complete enough to be played, but not yet safely
    core::SteadyTime shown_at_;
    std::optional<core::SteadyTime> cancelled_at_;
    bool has_poster_ = false;
    unsigned staged_ = 0;
};

}  // namespace qd::services
