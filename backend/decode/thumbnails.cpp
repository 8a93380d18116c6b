#include "decode/thumbnails.hpp"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/executor.hpp"
#include "decode/picture.hpp"
#include "decode/segment_reader.hpp"
#include "decode/stream_decoder.hpp"
#include "decode/timestamps.hpp"
#include "decode/title_fetch.hpp"

namespace qd::decode {

class Thumbnails::Impl {
public:
    Impl(player::Transport& transport, OnThumbnail done, OnFailed failed, ThumbnailOptions options)
        : transport_(transport), done_(std::move(done)), failed_(std::move(failed)), options_(options) {
        thread_ = std::thread([this] { loop(); });
    }
    ~Impl() {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
            current_.request_stop();
            changed_.notify_all();
        }
        thread_.join();
    }

    void open(std::string url, http::Headers headers) {
        const std::lock_guard lock(mutex_);
        ++title_;
        url_ = std::move(url);
        headers_ = std::move(headers);
        wanted_.reset();
        current_.request_stop();
    }
    void request(core::Seconds position, int width) {
        const std::lock_guard lock(mutex_);
        if (url_.empty() || !(position == position)) return;
        wanted_ = Wanted{position, std::clamp(width, 16, 1024)};
        // What is being fetched goes on when it is of use for this one as well.
        if (fetching_ && (position < fetching_from_ || position >= fetching_to_)) current_.request_stop();
        changed_.notify_all();
    }

private:
    struct Wanted {
        core::Seconds position{};
        int width = 0;
    };
    struct Kept {
        core::Seconds to{};  // the picture stands for positions from its own up to here
        int width = 0;       // as asked for
        core::Seconds from{};
        VideoFrame frame;
    };
    struct OpenSegment {
        std::string url;
        std::optional<player::ByteRange> range;
        std::vector<DemuxedPacket> packets;
    };
    struct Found {
        media::Frame picture;
        core::Seconds at{};
        core::Seconds to{};
    };

    void loop();
    core::Result<> prepare(const std::stop_token& stop);
    core::Result<> make(const Wanted& wanted, const std::stop_token& stop);
    core::Result<Found> find(const player::TimelineSegment& segment, core::Seconds position,
                             const std::stop_token& stop);
    void keep(Kept kept);

    player::Transport& transport_;
    OnThumbnail done_;
    OnFailed failed_;
    ThumbnailOptions options_;

    std::mutex mutex_;
    std::condition_variable changed_;
    bool ending_ = false;
    std::uint64_t title_ = 0;
    std::string url_;
    http::Headers headers_;
    std::optional<Wanted> wanted_;
    std::stop_source current_;
    bool fetching_ = false;
    core::Seconds fetching_from_{}, fetching_to_{};

    // the thread's own
    std::uint64_t prepared_ = 0;  // the title of what follows
    std::unique_ptr<TitleFetch> fetch_;
    std::optional<player::Presentation> presentation_;
    std::optional<player::MediaTimeline> timeline_;
    std::chrono::steady_clock::time_point loaded_{};
    OpenSegment open_;  // the last one: a pointer that moves along it wants its other key pictures too
    PictureScaler scaler_;
    std::list<Kept> kept_;  // used last first
    std::uint64_t kept_bytes_ = 0;
    std::thread thread_;
};

void Thumbnails::Impl::loop() {
    core::name_this_thread("thumbnails");
    for (;;) {
        Wanted wanted;
        std::uint64_t title = 0;
        std::stop_token stop;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return ending_ || wanted_; });
            if (ending_) return;
            wanted = *wanted_;
            wanted_.reset();
            title = title_;
            current_ = {};
            stop = current_.get_token();
            if (title != prepared_) {
                fetch_ = std::make_unique<TitleFetch>(
                    transport_, url_, headers_,
                    TitleFetch::Limits{options_.max_segment_bytes, options_.request_timeout, 1});
                presentation_.reset();
                timeline_.reset();
                open_ = {};
                kept_.clear();
                kept_bytes_ = 0;
                prepared_ = title;
            }
        }
        const auto made = make(wanted, stop);
        {
            const std::lock_guard lock(mutex_);
            fetching_ = false;
            if (ending_) return;
            if (title != title_) continue;
        }
        if (!made && made.error().code != core::Errc::cancelled && failed_)
            failed_(wanted.position, made.error());
    }
}

/// The playlist to take pictures from; that of a live title again when it has grown.
core::Result<> Thumbnails::Impl::prepare(const std::stop_token& stop) {
    const auto now = std::chrono::steady_clock::now();
    if (timeline_ && (timeline_->complete || now - loaded_ < timeline_->target_duration)) return {};
    if (!presentation_) {
        auto presentation = fetch_->presentation(stop);
        if (!presentation) return core::Failure(presentation.error());
        presentation_ = std::move(*presentation);
    }
    const player::LevelInfo& source =
        presentation_->i_frames.empty() ? presentation_->levels.front() : presentation_->i_frames.front();
    auto timeline = fetch_->timeline(source.url, presentation_->variables, stop);
    if (!timeline) return core::Failure(timeline.error());
    // A window that slid along keeps the positions it had.
    if (timeline_ && !timeline_->segments.empty() && !timeline->segments.empty()) {
        const player::TimelineSegment& first = timeline->segments.front();
        for (const player::TimelineSegment& known : timeline_->segments)
            if (known.sequence == first.sequence) {
                const core::Seconds shift = known.start - first.start;
                for (player::TimelineSegment& segment : timeline->segments) segment.start += shift;
                break;
            }
    }
    timeline_ = std::move(*timeline);
    loaded_ = now;
    return {};
}

core::Result<> Thumbnails::Impl::make(const Wanted& wanted, const std::stop_token& stop) {
    for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
        if (kept->width != wanted.width || wanted.position < kept->from || wanted.position >= kept->to)
            continue;
        kept_.splice(kept_.begin(), kept_, kept);
        done_(kept->frame.at, kept->frame);
        return {};
    }
    if (auto ready = prepare(stop); !ready) return ready;
    const auto& segments = timeline_->segments;
    if (segments.empty()) return core::fail(core::Errc::not_found, "the playlist is empty");
    auto at = std::upper_bound(
        segments.begin(), segments.end(), wanted.position,
        [](core::Seconds position, const auto& segment) { return position < segment.start; });
    if (at != segments.begin()) --at;
    {
        const std::lock_guard lock(mutex_);
        fetching_ = true;
        fetching_from_ = at->start;
        fetching_to_ = at->end();
    }
    auto found = find(*at, wanted.position, stop);
    if (!found) return core::Failure(found.error());
    auto frame = scaler_.scale(*found->picture, {wanted.width, 8192});
    if (!frame) return core::Failure(frame.error());
    frame->at = found->at;
    frame->duration = found->to - found->at;
    {
        const std::lock_guard lock(mutex_);
        if (prepared_ != title_ || ending_) return core::fail(core::Errc::cancelled, "cancelled");
    }
    keep({found->to, wanted.width, std::min(found->at, wanted.position), *frame});
    done_(frame->at, std::move(*frame));
    return {};
}

/// The last key picture at or before `position` in the segment, else its first picture.
core::Result<Thumbnails::Impl::Found> Thumbnails::Impl::find(const player::TimelineSegment& segment,
                                                             core::Seconds position,
                                                             const std::stop_token& stop) {
    if (open_.url != segment.url || open_.range != segment.range || open_.packets.empty()) {
        const auto init = fetch_->init(segment, stop);
        if (!init) return core::Failure(init.error());
        const auto data = fetch_->segment(segment, stop);
        if (!data) return core::Failure(data.error());
        StreamConfigPtr video, audio;
        auto packets = demux_segment(*init, *data, video, audio);
        if (!packets) return core::Failure(packets.error());
        open_ = {segment.url, segment.range, std::move(*packets)};
    }
    std::optional<core::Seconds> offset;
    for (const DemuxedPacket& packet : open_.packets)
        if (packet.kind == StreamKind::video && packet.packet->pts != AV_NOPTS_VALUE) {
            const core::Seconds stamp = seconds(packet.packet->pts, packet.time_base);
            offset = std::max(offset.value_or(segment.start - stamp), segment.start - stamp);
        }
    if (!offset) return core::fail(core::Errc::not_found, "there is no picture in the title");
    Found found;
    found.to = segment.end();
    const DemuxedPacket* best = nullptr;
    for (const DemuxedPacket& packet : open_.packets) {
        if (packet.kind != StreamKind::video || packet.packet->pts == AV_NOPTS_VALUE) continue;
        const core::Seconds at = seconds(packet.packet->pts, packet.time_base) + *offset;
        if (best != nullptr && (packet.packet->flags & AV_PKT_FLAG_KEY) == 0) continue;
        if (best != nullptr && at > position) {
            found.to = at;
            break;
        }
        best = &packet;
        found.at = at;
    }
    StreamDecoder decoder(1, [&](media::Frame frame) {
        if (!found.picture) found.picture = std::move(frame);
    });
    if (auto decoded = decoder.decode(*best); !decoded) return core::Failure(decoded.error());
    decoder.drain();
    if (!found.picture) return core::fail(core::Errc::corrupt, "the picture could not be decoded");
    return found;
}

void Thumbnails::Impl::keep(Kept kept) {
    const auto size_of_picture = [](const Kept& picture) {
        return std::uint64_t(picture.frame.stride_bytes) * std::uint64_t(picture.frame.height);
    };
    kept_bytes_ += size_of_picture(kept);
    kept_.push_front(std::move(kept));
    while (kept_.size() > 1 && kept_bytes_ > options_.cache_bytes) {
        kept_bytes_ -= size_of_picture(kept_.back());
        kept_.pop_back();
    }
}

Thumbnails::Thumbnails(player::Transport& transport, OnThumbnail done, OnFailed failed,
                       ThumbnailOptions options)
    : impl_(std::make_unique<Impl>(transport, std::move(done), std::move(failed), options)) {}
Thumbnails::~Thumbnails() = default;
void Thumbnails::open(std::string url, player::SessionOptions options) {
    impl_->open(std::move(url), std::move(options.headers));
}
void Thumbnails::close() {
    impl_->open({}, {});
}
void Thumbnails::request(core::Seconds position, int width) {
    impl_->request(position, width);
}

}  // namespace qd::decode
