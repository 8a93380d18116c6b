#pragma once
// A viewer without eyes: plays a session's segments at the pace of their media, decoding nothing. The
// playhead stalls when the buffer is dry, as a picture would, so that start-up time and stalls are those a
// viewer had.

#include <functional>
#include <memory>
#include <string>

#include "player/qoe.hpp"
#include "player/session.hpp"

namespace qd::player {

struct SimulatedOptions {
    core::Seconds watch_for{0};      // ends after so much wall-clock time; zero: at the end of the title
    core::Seconds start_buffer{1};   // media that must be there to begin, ExoPlayer's figures: 1 s,
    core::Seconds resume_buffer{2};  // and 2 s to go on after a stall
    std::size_t segment_log = 0;     // rows kept
};

/// Thread-safe. Callbacks come from the transport's or executor's threads, one at a time, without a lock;
/// they must not block and not destroy the playback. Everything passed must outlive it.
class SimulatedPlayback {
public:
    struct Callbacks {
        std::function<void(const FetchRecord&)> on_fetch;
        std::function<void(const AbrDecision&)> on_decision;
        std::function<void(const SkippedSegment&)> on_skipped;
        std::function<void(const Notice&)> on_notice;
        std::function<void(core::Seconds startup)> on_started;
        /// When it is over, or when playback ends in it (`open` then).
        std::function<void(const StallInterval&)> on_stall;
        /// Once, when it is over: by itself, by the watch limit, by a fatal error or by stop().
        std::function<void(const Qoe&, const std::optional<core::Error>&)> on_finished;
    };

    SimulatedPlayback(Transport& transport, core::Executor& executor, const core::Clock& clock,
                      core::Random& random, Callbacks callbacks);
    ~SimulatedPlayback();
    SimulatedPlayback(const SimulatedPlayback&) = delete;
    SimulatedPlayback& operator=(const SimulatedPlayback&) = delete;

    /// Once in its life. Bodies are discarded whatever `session` says.
    void start(std::string url, SessionOptions session, SimulatedOptions options = {});
    /// The viewer leaves. No effect when it is over already.
    void stop();

    Qoe qoe() const;
    SessionSnapshot session() const;
    std::deque<FetchRecord> log() const;
    core::Seconds position() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace qd::player
