#include "opsd/alertmanager_poll.hpp"

#include <nlohmann/json.hpp>

namespace qd::opsd {

AlertmanagerPoll::AlertmanagerPoll(Context& context, Alertmanagers& peers, AlertDesk& alerts,
                                   SilenceDesk& silences)
    : context_(context), alerts_(alerts), silences_(silences) {
    for (const auto& peer : peers) {
        auto polled = std::make_unique<Polled>();
        polled->client = peer.get();
        polled->view.name = peer->options().name;
        polled->view.url = peer->options().access.url;
        polled_.push_back(std::move(polled));
    }
}

void AlertmanagerPoll::start() {
    started_ = true;
    for (const auto& polled : polled_)
        polled->thread = std::make_unique<core::Periodic>(std::chrono::seconds(1), "opsd-alertmgr",
                                                          [this, &one = *polled] { poll_if_due(one); });
}

void AlertmanagerPoll::stop() {
    for (const auto& polled : polled_) polled->client->stop();
    for (const auto& polled : polled_) polled->thread.reset();
}

void AlertmanagerPoll::poll() {
    for (const auto& polled : polled_) poll_if_due(*polled);
}

void AlertmanagerPoll::poll_if_due(Polled& polled) {
    const std::lock_guard asking(polled.asking);
    const core::SteadyTime now = context_.clock().steady_now();
    if (polled.asked_at && now - *polled.asked_at < polled.client->options().poll) return;
    polled.asked_at = now;
    const auto done = read(*polled.client);
    if (!done && done.error().code == core::Errc::cancelled) return;
    AlertmanagerView before, after;
    {
        const std::lock_guard lock(mutex_);
        before = polled.view;
        if (done) polled.view.answered_at = context_.clock().now();
        polled.view.error = done ? std::string() : done.error().message;
        after = polled.view;
    }
    if (before.error == after.error && before.answered_at.has_value() == after.answered_at.has_value())
        return;
    if (!done) context_.log().warning("an Alertmanager cannot be read", {{"error", after.error}});
    context_.publish("alertmanager", after.name, {{"error", after.error}});
}

core::Result<> AlertmanagerPoll::read(alertmanager::Client& client) {
    // Silences first: an alert that is quiet by one is not to open an incident because the other was read
    // late.
    const core::WallTime asked_at = context_.clock().now();
    const auto silences = client.held_silences();
    if (!silences) return core::Failure(silences.error());
    silences_.took(client.options().name, *silences, asked_at);
    const core::WallTime then = context_.clock().now();
    const auto alerts = client.held_alerts();
    if (!alerts) return core::Failure(alerts.error());
    return alerts_.took(client.options().name, *alerts, then);
}

std::vector<AlertmanagerView> AlertmanagerPoll::list() const {
    std::vector<AlertmanagerView> views;
    const std::lock_guard lock(mutex_);
    for (const auto& polled : polled_) views.push_back(polled->view);
    return views;
}

}  // namespace qd::opsd
