#include "compare/decoded_stream.hpp"

#include <algorithm>
#include <utility>

#include "compare/frame_luma.hpp"

namespace qd::compare {
namespace {

constexpr std::uint64_t most_remembered = 64u << 20;
constexpr std::size_t most_pulled = 1'000;

decode::Pipeline::Callbacks to_pipeline(std::function<player::Pull(player::Track)> pull,
                                        std::function<void(decode::DecodedPicture)> on_picture,
                                        std::function<void()> on_damaged) {
    decode::Pipeline::Callbacks callbacks;
    callbacks.pull = std::move(pull);
    callbacks.on_picture = std::move(on_picture);
    callbacks.on_sound = [](const decode::SoundChunk&) {};
    callbacks.on_damaged = [on_damaged = std::move(on_damaged)](const player::MediaSegment&,
                                                                const core::Error&) { on_damaged(); };
    return callbacks;
}

}  // namespace

DecodedStream::DecodedStream(const CompareServices& services, Side side, int threads, Callbacks callbacks)
    : callbacks_(std::move(callbacks)),
      pipeline_(threads, to_pipeline([this](player::Track track) { return pull(track); },
                                     [this](decode::DecodedPicture picture) { decoded(std::move(picture)); },
                                     [this] { ++damaged_; })),
      session_(services.transport(side), services.executor, services.clock, services.random, this) {}

DecodedStream::~DecodedStream() {
    session_.shutdown();
}

void DecodedStream::open(const SideOptions& options, int level, core::Seconds start) {
    player::SessionOptions session = options.session;
    session.locked_level = level;
    if (start > core::Seconds(0)) session.start_at = start;
    pipeline_.reset(start);
    pulled_until_ = start;
    session_.open(options.url, std::move(session));
}

core::Result<player::PresentationInfo> DecodedStream::presentation(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return presentation_ || error_; });
    if (error_) return core::Failure(*error_);
    if (!presentation_) return core::fail(core::Errc::cancelled, "interrupted");
    return *presentation_;
}

void DecodedStream::relock(int level, core::Seconds start) {
    session_.lock_level(level);
    session_.seek(start);
    pipeline_.reset(start);
    pulled_until_ = start;
    frames_.clear();
}

core::Result<DecodedStream::Next> DecodedStream::next(const std::stop_token& stop,
                                                      std::chrono::seconds patience) {
    for (;;) {
        if (!frames_.empty()) {
            Next found{State::frame, std::move(frames_.front())};
            frames_.pop_front();
            return found;
        }
        if (stop.stop_requested()) return core::fail(core::Errc::cancelled, "interrupted");
        std::uint64_t available = 0;
        {
            const std::lock_guard lock(mutex_);
            available = available_;
        }
        const auto step = pipeline_.step({.video = true, .audio = false, .no_sound = true});
        if (!step) return core::Failure(step.error());
        switch (*step) {
            case decode::Pipeline::Step::worked:
                break;
            case decode::Pipeline::Step::ended:
                return Next{State::ended, {}};
            case decode::Pipeline::Step::failed:
                return Next{State::failed, {}};
            case decode::Pipeline::Step::idle:
                if (pipeline_.has_audio() && !pipeline_.has_video())
                    return core::fail(core::Errc::unprocessable, "it has sound and no pictures");
                [[fallthrough]];
            case decode::Pipeline::Step::waiting: {
                // All of it is used up: the session need not hope for time to ask again.
                session_.set_playhead(pulled_until_, 0);
                std::unique_lock lock(mutex_);
                if (!changed_.wait_for(lock, stop, patience,
                                       [&] { return available_ != available || error_; }) &&
                    !stop.stop_requested())
                    return core::fail(core::Errc::timeout, "nothing has come for {} s", patience.count());
                break;
            }
        }
    }
}

void DecodedStream::remember() {
    remembering_ = true;
    remembered_all_ = true;
    remembered_.clear();
    remembered_bytes_ = 0;
}

bool DecodedStream::rewind(core::Seconds start) {
    remembering_ = false;
    if (!remembered_all_) return false;
    replay_ = std::exchange(remembered_, {});
    frames_.clear();
    damaged_ = 0;
    pipeline_.reset(start);
    return true;
}

player::Pull DecodedStream::pull(player::Track track) {
    player::Pull pull;
    const auto again =
        std::find_if(replay_.begin(), replay_.end(),
                     [track](const player::MediaSegment& segment) { return segment.track == track; });
    if (again != replay_.end()) {
        pull.state = player::PullState::segment;
        pull.segment = std::move(*again);
        replay_.erase(again);
        return pull;
    }
    pull = session_.pull(track);
    if (pull.state != player::PullState::segment) return pull;
    const player::MediaSegment& segment = pull.segment;
    if (remembering_) {
        remembered_bytes_ += segment.data ? segment.data->size() : 0;
        remembered_all_ = remembered_all_ && remembered_bytes_ <= most_remembered;
        if (remembered_all_)
            remembered_.push_back(segment);
        else
            remembered_.clear();
    }
    if (track == player::Track::main) {
        pulled_until_ = segment.start + segment.duration;
        pulled_[segment.sequence] = {segment.start, segment.recorded};
        if (pulled_.size() > most_pulled) pulled_.erase(pulled_.begin());
        session_.set_playhead(segment.start, 0);
    }
    return pull;
}

void DecodedStream::decoded(decode::DecodedPicture picture) {
    ComparedFrame frame;
    frame.at = picture.at;
    frame.duration = picture.duration;
    frame.segment = picture.sequence;
    if (auto luma = luma_of(*picture.frame)) {
        frame.code = media::read_frame_code(luma->view);
        frame.luma = std::move(*luma);
    } else {
        ++damaged_;
    }
    frames_.push_back(std::move(frame));
}

std::optional<core::Error> DecodedStream::error() const {
    const std::lock_guard lock(mutex_);
    return error_;
}

void DecodedStream::on_presentation(const player::PresentationInfo& info) {
    const std::lock_guard lock(mutex_);
    presentation_ = info;
    changed_.notify_all();
}

void DecodedStream::on_available() {
    const std::lock_guard lock(mutex_);
    ++available_;
    changed_.notify_all();
}

void DecodedStream::on_fetch(const player::FetchRecord& record) {
    if (callbacks_.on_fetch) callbacks_.on_fetch(record);
}

void DecodedStream::on_skipped(const player::SkippedSegment& skipped) {
    if (callbacks_.on_skipped) callbacks_.on_skipped(skipped);
    on_available();
}

void DecodedStream::on_notice(const player::Notice& notice) {
    if (callbacks_.on_notice) callbacks_.on_notice(notice);
}

void DecodedStream::on_failed(const core::Error& error) {
    const std::lock_guard lock(mutex_);
    error_ = error;
    ++available_;
    changed_.notify_all();
}

}  // namespace qd::compare
