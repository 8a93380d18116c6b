#include "viewers/crowd.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "http/message.hpp"
#include "player/simulated_playback.hpp"
#include "viewers/catalogue.hpp"

namespace qd::viewers {
namespace chr = std::chrono;
namespace {

constexpr chr::milliseconds account_period{1'000};
constexpr core::Seconds list_lifetime{5};
constexpr core::Seconds log_period{5};  // of what goes wrong for single viewers
constexpr chr::milliseconds request_timeout{5'000};

chr::milliseconds in_ms(core::Seconds seconds) {
    return chr::ceil<chr::milliseconds>(std::max(seconds, core::Seconds(0.001)));
}

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

std::string kind_of(const core::Result<http::ClientResponse>& response) {
    player::FetchRecord record;
    record.kind = player::FetchKind::multivariant;
    if (!response)
        record.error = response.error();
    else
        record.error = core::Error{core::Errc::corrupt, {}};
    if (response) record.status = response->status;
    return std::string(player::error_kind(record));
}

}  // namespace

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

    void set_count(std::size_t count) {
        count = std::min(count, max_viewers);
        {
            const std::lock_guard lock(mutex_);
            status_.wanted = count;
        }
        later({}, [count](Impl& self) { self.resize(count); });
    }

    CrowdStatus status() const {
        const std::lock_guard lock(mutex_);
        return status_;
    }

    /// Nothing is called any more afterwards.
    void end() {
        std::vector<std::unique_ptr<Viewer>> leaving;
        {
            const std::lock_guard lock(work_);
            over_ = true;
            for (auto& viewer : viewers_) leave(*viewer);
            leaving = std::move(viewers_);
            viewers_.clear();
        }
        leaving.clear();
    }

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
        core::Seconds watched{}, stalled{};  // already in the metrics
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
            executor_.post_after(in_ms(delay), std::move(task));
    }
    /// The same for one viewer's visit: dropped when he has gone on since.
    template <class F>
    void later(const Viewer& viewer, core::Seconds delay, F work) {
        later(delay, [index = viewer.index, visits = viewer.visits, work = std::move(work)](Impl& self) {
            if (index >= self.viewers_.size() || self.viewers_[index]->visits != visits) return;
            work(self, *self.viewers_[index]);
        });
    }

    void resize(std::size_t count) {
        while (viewers_.size() > count) {
            leave(*viewers_.back());
            viewers_.pop_back();
        }
        const std::size_t before = viewers_.size();
        while (viewers_.size() < count) {
            auto viewer = std::make_unique<Viewer>();
            viewer->index = viewers_.size();
            viewer->visits = ++visits_;
            viewer->random = std::make_unique<core::SeededRandom>(options_.seed * 1'000'003 + visits_);
            const core::Seconds at = arrival(viewer->index - before, count - before, *viewer->random);
            viewers_.push_back(std::move(viewer));
            later(*viewers_.back(), at, [](Impl& self, Viewer& who) { self.come(who); });
        }
    }

    void come(Viewer& viewer) {
        viewer.state = State::waiting;
        if (titles_.empty() || clock_.steady_now() - listed_at_ > list_lifetime) list_titles();
        if (titles_.empty()) return;  // list_titles() lets the waiting in
        read_page(viewer);
    }

    void list_titles() {
        if (listing_ || clock_.steady_now() < list_again_at_) return;
        listing_ = true;
        ask("/api/v1/videos?limit=100", [this](core::Result<http::ClientResponse> response) {
            listing_ = false;
            core::Result<std::vector<std::string>> titles = core::fail(core::Errc::unavailable, "no answer");
            if (!response)
                titles = core::Failure(response.error());
            else if (response->status != 200)
                titles = core::fail(core::Errc::unavailable, "the gateway answered {}", response->status);
            else
                titles = read_titles(response->body);
            const core::SteadyTime now = clock_.steady_now();
            if (!titles) {
                // What was listed before may still be played, and failing to play it is what a viewer would
                // see.
                metrics_.error("unknown", kind_of(response));
                list_again_at_ =
                    now + chr::ceil<core::SteadyTime::duration>(retry_wait(++list_failures_, random_));
            } else {
                list_failures_ = 0;
                titles_ = std::move(*titles);
                listed_at_ = now;
                list_again_at_ = now + chr::seconds(titles_.empty() ? 1 : 0);
            }
            tell_gateway(titles.has_value(), titles ? std::string() : titles.error().message);
            if (titles_.empty()) return;  // account() asks again
            invite();
        });
    }

    /// Those who wait come in as newcomers do: staggered.
    void invite() {
        std::vector<Viewer*> waiting;
        for (auto& viewer : viewers_)
            if (viewer->state == State::waiting) waiting.push_back(viewer.get());
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            waiting[i]->state = State::invited;
            later(*waiting[i], arrival(i, waiting.size(), *waiting[i]->random), [](Impl& self, Viewer& who) {
                if (self.titles_.empty())
                    who.state = State::waiting;
                else
                    self.read_page(who);
            });
        }
    }

    void read_page(Viewer& viewer) {
        viewer.state = State::reading;
        const std::string id = titles_[choose_title(titles_.size(), *viewer.random)];
        ask("/api/v1/videos/" + http::percent_encode(id),
            [this, id, index = viewer.index,
             visits = viewer.visits](core::Result<http::ClientResponse> response) {
                if (index >= viewers_.size() || viewers_[index]->visits != visits) return;
                Viewer& who = *viewers_[index];
                const auto playable = response && response->status == 200 ? read_playable(response->body)
                                                                          : core::Result<bool>(false);
                if (playable && *playable) return play(who, id);
                if (!response || response->status != 200 || !playable)
                    metrics_.error("unknown", kind_of(response));
                go_away(who, retry_wait(++who.failures, *who.random));
            });
    }

    void play(Viewer& viewer, const std::string& id) {
        viewer.state = State::playing;
        viewer.watched = viewer.stalled = {};
        auto visit = std::make_shared<Visit>(metrics_);
        viewer.visit = visit;
        player::SimulatedPlayback::Callbacks callbacks;
        callbacks.on_fetch = [visit](const player::FetchRecord& record) { visit->note(record); };
        callbacks.on_started = [this, visit](core::Seconds startup) {
            metrics_.started(visit->arm(), startup);
        };
        callbacks.on_finished = [weak = weak_from_this(), index = viewer.index, visits = viewer.visits](
                                    const player::Qoe& qoe, const std::optional<core::Error>& error) {
            const auto self = weak.lock();
            if (!self) return;
            self->later({}, [index, visits, qoe, error](Impl& me) {
                if (index < me.viewers_.size() && me.viewers_[index]->visits == visits)
                    me.finished(*me.viewers_[index], qoe, error);
            });
        };
        viewer.playback =
            std::make_unique<player::SimulatedPlayback>(transport_, executor_, clock_, random_, callbacks);
        player::SessionOptions session;
        session.session_id = viewer.random->hex(8);
        session.session_in_url = true;
        session.content_id = id;
        session.max_height = options_.max_height;
        session.buffer_goal = options_.buffer_goal;
        if (!options_.forced_arm.empty()) {
            session.headers.set("X-Quarterdeck-Arm", options_.forced_arm);
            session.headers.set("Authorization", "Bearer " + options_.token);
        }
        player::SimulatedOptions how;
        how.watch_for = watch_time(options_.habits, *viewer.random);
        viewer.playback->start(options_.gateway + "/api/v1/stream/" + http::percent_encode(id),
                               std::move(session), how);
    }

    void finished(Viewer& viewer, const player::Qoe& qoe, const std::optional<core::Error>& error) {
        close_books(viewer, qoe);
        viewer.playback.reset();
        if (error) {
            complain(*error, viewer.visit->arm());
            go_away(viewer, retry_wait(++viewer.failures, *viewer.random));
        } else {
            viewer.failures = 0;
            go_away(viewer, pause_time(options_.habits, *viewer.random));
        }
    }

    void go_away(Viewer& viewer, core::Seconds pause) {
        viewer.state = State::away;
        viewer.visits = ++visits_;
        later(viewer, pause, [](Impl& self, Viewer& who) { self.come(who); });
    }

    /// He will not come again.
    void leave(Viewer& viewer) {
        if (!viewer.playback) return;
        viewer.playback->stop();
        close_books(viewer, viewer.playback->qoe());
        viewer.playback.reset();
    }

    void close_books(Viewer& viewer, const player::Qoe& qoe) {
        book(viewer, qoe);
        metrics_.finished(viewer.visit->arm(), qoe.outcome);
        ++sessions_;
    }

    /// What was watched since the last look.
    void book(Viewer& viewer, const player::Qoe& qoe) {
        metrics_.watched(viewer.visit->arm(), qoe.watched - viewer.watched, qoe.stalled - viewer.stalled);
        viewer.watched = qoe.watched;
        viewer.stalled = qoe.stalled;
    }

    void account() {
        CrowdStatus status;
        status.gateway_up = gateway_up_.value_or(false);
        status.titles = titles_.size();
        status.sessions = sessions_;
        for (auto& viewer : viewers_) {
            if (viewer->state == State::playing) {
                ++status.playing;
                book(*viewer, viewer->playback->qoe());
            }
            const bool gave_up = viewer->state == State::away && viewer->failures > 0;
            if (viewer->state == State::waiting || viewer->state == State::invited || gave_up)
                ++status.waiting;
        }
        if (status.waiting > 0 && titles_.empty()) list_titles();
        metrics_.audience(viewers_.size(), status.playing, status.waiting);
        {
            const std::lock_guard lock(mutex_);
            status.wanted = status_.wanted;
            status_ = status;
        }
        later(core::Seconds(account_period), [](Impl& self) { self.account(); });
    }

    void tell_gateway(bool up, const std::string& why) {
        metrics_.gateway_up(up, titles_.size());
        if (gateway_up_ != up) {
            if (up)
                log_.info("the gateway lists its titles", {{"titles", titles_.size()}});
            else
                log_.warning("the gateway does not list its titles: waiting", {{"reason", why}});
        } else if (up && titles_.empty() != no_titles_) {
            log_.info(titles_.empty() ? "there is nothing to play: waiting" : "there are titles to play",
                      {{"titles", titles_.size()}});
        }
        gateway_up_ = up;
        no_titles_ = titles_.empty();
    }

    /// Failed sessions come in swarms: one line now and then, with their number.
    void complain(const core::Error& error, const std::string& arm) {
        ++failed_sessions_;
        const core::SteadyTime now = clock_.steady_now();
        if (complained_at_ && now - *complained_at_ < log_period) return;
        log_.warning(
            "sessions failed",
            {{"since_last", std::exchange(failed_sessions_, 0)}, {"latest", error.message}, {"arm", arm}});
        complained_at_ = now;
    }

    /// GET; the answer comes back on the executor.
    template <class F>
    void ask(const std::string& path, F done) {
        http::ClientRequest request;
        request.url = options_.gateway + path;
        request.timeout = request_timeout;
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

Crowd::Crowd(player::Transport& transport, core::Executor& executor, const core::Clock& clock,
             ViewerMetrics& metrics, telemetry::Log& log, CrowdOptions options)
    : impl_(std::make_shared<Impl>(transport, executor, clock, metrics, log, std::move(options))) {
    impl_->begin();
}
Crowd::~Crowd() {
    impl_->end();
}
void Crowd::set_count(std::size_t count) {
    impl_->set_count(count);
}
CrowdStatus Crowd::status() const {
    return impl_->status();
}

}  // namespace qd::viewers
