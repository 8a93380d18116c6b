#include "viewers/crowd.hpp"

#include "viewers/crowd_impl.hpp"

namespace qd::viewers {
namespace {

constexpr core::Seconds account_period{1};
constexpr core::Seconds list_lifetime{5};
// A large audience reports more seldom, but well before the platform gives a silent session up.
constexpr double reports_per_s = 50;
constexpr double usual_heartbeat_s = 10;
constexpr double longest_heartbeat_s = 25;

}  // namespace

void Crowd::Impl::end() {
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

void Crowd::Impl::resize(std::size_t count) {
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

void Crowd::Impl::come(Viewer& viewer) {
    viewer.state = State::waiting;
    if (titles_.empty() || clock_.steady_now() - listed_at_ > list_lifetime) list_titles();
    if (titles_.empty()) return;  // list_titles() lets the waiting in
    read_page(viewer);
}

void Crowd::Impl::go_away(Viewer& viewer, core::Seconds pause) {
    viewer.state = State::away;
    viewer.visits = ++visits_;
    later(viewer, pause, [](Impl& self, Viewer& who) { self.come(who); });
}

void Crowd::Impl::leave(Viewer& viewer) {
    if (!viewer.playback) return;
    viewer.playback->stop();
    close_books(viewer, viewer.playback->qoe());
    viewer.playback.reset();
}

void Crowd::Impl::close_books(Viewer& viewer, const player::Qoe& qoe) {
    book(viewer, qoe);
    last_reports_.push_back(std::move(viewer.beacons));
    metrics_.finished(viewer.visit->arm(), qoe.outcome);
    ++sessions_;
}

core::Seconds Crowd::Impl::heartbeat() const {
    const double viewers = double(viewers_.size());
    return core::Seconds(std::clamp(viewers / reports_per_s, usual_heartbeat_s, longest_heartbeat_s));
}

bool Crowd::Impl::reported() {
    const std::lock_guard lock(work_);
    std::erase_if(last_reports_, [](const auto& beacons) { return !beacons->stats().in_flight; });
    return viewers_.empty() && last_reports_.empty();
}

void Crowd::Impl::book(Viewer& viewer, const player::Qoe& qoe) {
    metrics_.watched(viewer.visit->arm(), qoe.watched - viewer.watched, qoe.stalled - viewer.stalled);
    if (viewer.stalled == core::Seconds(0) && qoe.stalled > core::Seconds(0))
        metrics_.stalled(viewer.visit->arm());
    viewer.watched = qoe.watched;
    viewer.stalled = qoe.stalled;
    viewer.beacons->update(qoe);
    const player::BeaconStats stats = viewer.beacons->stats();
    metrics_.reported(stats.sent - viewer.reports, stats.dropped - viewer.lost_reports);
    viewer.reports = stats.sent;
    viewer.lost_reports = stats.dropped;
}

void Crowd::Impl::account() {
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
        if (viewer->state == State::waiting || viewer->state == State::invited || gave_up) ++status.waiting;
    }
    std::erase_if(last_reports_, [](const auto& beacons) { return !beacons->stats().in_flight; });
    if (status.waiting > 0 && titles_.empty()) list_titles();
    metrics_.audience(viewers_.size(), status.playing, status.waiting);
    {
        const std::lock_guard lock(mutex_);
        status.wanted = status_.wanted;
        status_ = status;
    }
    later(account_period, [](Impl& self) { self.account(); });
}

void Crowd::Impl::set_count(std::size_t count) {
    count = std::min(count, max_viewers);
    {
        const std::lock_guard lock(mutex_);
        status_.wanted = count;
    }
    later({}, [count](Impl& self) { self.resize(count); });
}

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
bool Crowd::reported() const {
    return impl_->reported();
}
CrowdStatus Crowd::status() const {
    return impl_->status();
}

}  // namespace qd::viewers
