// What a viewer does: looks for a title, reads its page, plays it, and goes.

#include "http/message.hpp"
#include "viewers/catalogue.hpp"
#include "viewers/crowd_impl.hpp"

namespace qd::viewers {
namespace chr = std::chrono;
namespace {

constexpr core::Seconds log_period{5};  // of what goes wrong for single viewers

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

void Crowd::Impl::list_titles() {
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

void Crowd::Impl::invite() {
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

void Crowd::Impl::read_page(Viewer& viewer) {
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

void Crowd::Impl::play(Viewer& viewer, const std::string& id) {
    viewer.state = State::playing;
    viewer.watched = viewer.stalled = {};
    auto visit = std::make_shared<Visit>(metrics_);
    viewer.visit = visit;
    player::SimulatedPlayback::Callbacks callbacks;
    callbacks.on_fetch = [visit](const player::FetchRecord& record) { visit->note(record); };
    callbacks.on_started = [this, visit](core::Seconds startup) { metrics_.started(visit->arm(), startup); };
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
    viewer.reports = viewer.lost_reports = 0;
    player::BeaconOptions reports;
    reports.gateway = options_.gateway;
    reports.headers = session.headers;
    reports.timing.heartbeat = heartbeat();
    viewer.beacons = std::make_unique<player::BeaconSender>(
        transport_, clock_, player::BeaconLabels{session.session_id, id, "viewer"}, std::move(reports));
    player::SimulatedOptions how;
    how.watch_for = watch_time(options_.habits, *viewer.random);
    viewer.playback->start(options_.gateway + "/api/v1/stream/" + http::percent_encode(id),
                           std::move(session), how);
    viewer.beacons->update(viewer.playback->qoe());
}

void Crowd::Impl::finished(Viewer& viewer, const player::Qoe& qoe, const std::optional<core::Error>& error) {
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

void Crowd::Impl::tell_gateway(bool up, const std::string& why) {
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

void Crowd::Impl::complain(const core::Error& error, const std::string& arm) {
    ++failed_sessions_;
    const core::SteadyTime now = clock_.steady_now();
    if (complained_at_ && now - *complained_at_ < log_period) return;
    log_.warning(
        "sessions failed",
        {{"since_last", std::exchange(failed_sessions_, 0)}, {"latest", error.message}, {"arm", arm}});
    complained_at_ = now;
}

}  // namespace qd::viewers
