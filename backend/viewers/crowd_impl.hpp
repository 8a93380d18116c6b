#pragma once
// Inside of Crowd; not for others. All work runs on the executor, one task at a time, under work_.

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "player/beacon.hpp"
#include "player/simulated_playback.hpp"
#include "viewers/crowd.hpp"

namespace qd::viewers {

/// One session, as far as callbacks from other threads touch it. The arm is the last one an answer named.
class Visit {
public:
    explicit Visit(ViewerMetrics& metrics) : metrics_(metrics) {}

    void note(const player::FetchRecord& record) {
        std::string arm;
        {
            const std::lock_guard lock(mutex_);
            if (record.served_by.arm != "unknown") arm_ = record.served_by.arm;
            arm = arm_;
        }
        if (const std::string_view kind = player::error_kind(record); !kind.empty())
            metrics_.error(arm, kind);
    }
    std::string arm() const {
        const std::lock_guard lock(mutex_);
        return arm_;
    }

private:
    ViewerMetrics& metrics_;
    mutable std::mutex mutex_;
    std::string arm_ = "unknown";
};

class Crowd::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(player::Transport& transport, core::Executor& executor, const core::Clock& clock,
         ViewerMetrics& metrics, telemetry::Log& log, CrowdOptions options)
        : transport_(transport),
          executor_(executor),
          clock_(clock),
          metrics_(metrics),
          log_(log),
          options_(std::move(options)),
          random_(options_.seed) {}

    void begin() {
        later({}, [](Impl& self) { self.account(); });
    }

    void set_count(std::size_t count);

    CrowdStatus status() const {
        const std::lock_guard lock(mutex_);
        return status_;
    }

    /// Nothing is called any more afterwards, but the last reports still go out.
    void end();

    bool reported();

private:
    enum class State { away, waiting, invited, reading, playing };
    struct Viewer {
        std::size_t index = 0;
        State state = State::away;
        std::uint64_t visits = 0;  // also tells late answers from current ones
        unsigned failures = 0;     // in a row
        std::unique_ptr<core::SeededRandom> random;
        std::shared_ptr<Visit> visit;
        std::unique_ptr<player::SimulatedPlayback> playback;
        std::unique_ptr<player::BeaconSender> beacons;
        core::Seconds watched{}, stalled{};       // already in the metrics
        std::uint64_t reports{}, lost_reports{};  // the same
    };
    /// Runs on the executor, one at a time, unless the crowd is over.
    template <class F>
    void later(core::Seconds delay, F work) {
        auto task = [weak = weak_from_this(), work = std::move(work)] {
            const auto self = weak.lock();
            if (!self) return;
            const std::lock_guard lock(self->work_);
            if (!self->over_) work(*self);
        };
        if (delay <= core::Seconds(0))
            executor_.post(std::move(task));
        else
            executor_.post_after(
                std::chrono::ceil<std::chrono::milliseconds>(std::max(delay, core::Seconds(0.001))),
                std::move(task));
    }
    /// The same for one viewer's visit: dropped when he has gone on since.
    template <class F>
    void later(const Viewer& viewer, core::Seconds delay, F work) {
        later(delay, [index = viewer.index, visits = viewer.visits, work = std::move(work)](Impl& self) {
            if (index >= self.viewers_.size() || self.viewers_[index]->visits != visits) return;
            work(self, *self.viewers_[index]);
        });
    }

    void resize(std::size_t count);
    void come(Viewer& viewer);
    void list_titles();
    /// Those who wait come in as newcomers do: staggered.
    void invite();
    void read_page(Viewer& viewer);
    void play(Viewer& viewer, const std::string& id);
    void finished(Viewer& viewer, const player::Qoe& qoe, const std::optional<core::Error>& error);
    void go_away(Viewer& viewer, core::Seconds pause);
    /// He will not come again.
    void leave(Viewer& viewer);
    void close_books(Viewer& viewer, const player::Qoe& qoe);
    /// What was watched since the last look, here and at the platform.
    void book(Viewer& viewer, const player::Qoe& qoe);
    core::Seconds heartbeat() const;
    void account();
    void tell_gateway(bool up, const std::string& why);
    /// Failed sessions come in swarms: one line now and then, with their number.
    void complain(const core::Error& error, const std::string& arm);

    /// GET; the answer comes back on the executor.
    template <class F>
    void ask(const std::string& path, F done) {
        http::ClientRequest request;
        request.url = options_.gateway + path;
        request.timeout = std::chrono::seconds(5);
        request.max_body_bytes = 2u << 20;
        transport_.send(std::move(request), [weak = weak_from_this(), done = std::move(done)](
                                                core::Result<http::ClientResponse> response) {
            const auto self = weak.lock();
            if (!self) return;
            self->later({}, [done, response = std::move(response)](Impl&) { done(response); });
        });
    }

    player::Transport& transport_;
    core::Executor& executor_;
    const core::Clock& clock_;
    ViewerMetrics& metrics_;
    telemetry::Log& log_;
    const CrowdOptions options_;
    core::SeededRandom random_;

    std::mutex work_;  // one task at a time, and end() from outside
    bool over_ = false;
    std::vector<std::unique_ptr<Viewer>> viewers_;
    std::vector<std::unique_ptr<player::BeaconSender>> last_reports_;  // of sessions that are over
    std::uint64_t visits_ = 0;
    std::uint64_t sessions_ = 0;
    std::vector<std::string> titles_;
    core::SteadyTime listed_at_{};
    core::SteadyTime list_again_at_{};
    bool listing_ = false;
    unsigned list_failures_ = 0;
    std::optional<bool> gateway_up_;
    bool no_titles_ = true;
    std::uint64_t failed_sessions_ = 0;
    std::optional<core::SteadyTime> complained_at_;

    mutable std::mutex mutex_;
    CrowdStatus status_;
};

}  // namespace qd::viewers
