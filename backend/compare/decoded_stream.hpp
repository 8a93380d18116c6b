#pragma once
// One side without a clock: its pictures one after the other, as fast as they can be had. Not thread-safe,
// but for what the session calls.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "compare/comparison.hpp"
#include "compare/side_options.hpp"
#include "decode/pipeline.hpp"

namespace qd::compare {

class DecodedStream final : private player::SessionObserver {
public:
    struct Callbacks {  // from the session's threads; each may be empty
        std::function<void(const player::FetchRecord&)> on_fetch;
        std::function<void(const player::SkippedSegment&)> on_skipped;
        std::function<void(const player::Notice&)> on_notice;
    };
    enum class State { frame, ended, failed };
    struct Next {
        State state = State::ended;
        ComparedFrame frame;
    };

    DecodedStream(const CompareServices& services, Side side, int threads, Callbacks callbacks);
    ~DecodedStream() override;

    void open(const SideOptions& options, int level, core::Seconds start);
    /// Waits until it is known what there is. Errors: the session's; Errc::cancelled.
    core::Result<player::PresentationInfo> presentation(const std::stop_token& stop);
    /// Another level, from the start again.
    void relock(int level, core::Seconds start);

    /// The next picture; waits for it. Errc::timeout when nothing has come for `patience`, Errc::cancelled,
    /// Errc::unprocessable for a title without a decoder.
    core::Result<Next> next(const std::stop_token& stop, std::chrono::seconds patience);
    /// Segments pulled from now on are kept for rewind(), up to 64 MiB.
    void remember();
    /// Back to where remember() was called; false when too much has passed. Forgets as it goes on.
    bool rewind(core::Seconds start);

    /// The last 1,000 segments.
    const PulledSegments& pulled() const { return pulled_; }
    std::optional<core::Error> error() const;
    unsigned damaged() const { return damaged_; }

private:
    void on_presentation(const player::PresentationInfo& info) override;
    void on_available() override;
    void on_fetch(const player::FetchRecord& record) override;
    void on_skipped(const player::SkippedSegment& skipped) override;
    void on_notice(const player::Notice& notice) override;
    void on_failed(const core::Error& error) override;

    player::Pull pull(player::Track track);
    void decoded(decode::DecodedPicture picture);

    Callbacks callbacks_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<player::PresentationInfo> presentation_;
    std::optional<core::Error> error_;
    std::uint64_t available_ = 0;  // counts on_available()

    std::deque<ComparedFrame> frames_;
    PulledSegments pulled_;
    std::deque<player::MediaSegment> remembered_, replay_;
    std::uint64_t remembered_bytes_ = 0;
    bool remembering_ = false, remembered_all_ = true;
    core::Seconds pulled_until_{};
    unsigned damaged_ = 0;
    decode::Pipeline pipeline_;
    player::PlayerSession session_;
};

}  // namespace qd::compare
