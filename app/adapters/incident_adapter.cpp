#include "app/adapters/incident_adapter.hpp"

#include <algorithm>

#include "incidents/projection.hpp"

namespace qd::app {
namespace {

incidents::IncidentId incidentId(const QString& id) {
    return incidents::IncidentId(id.toStdString());
}

core::Failure notConnected() {
    return core::fail(core::Errc::unavailable, "there is no connection to the site");
}

constexpr int kTries = 4;

}  // namespace

struct IncidentAdapter::Post {
    QString id;
    incidents::EventRequest event;
    std::optional<incidents::Incident> seen;  // as it was on screen
    Done done;
};

IncidentAdapter::IncidentAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type) {
        if (type == QLatin1String("incident")) touch();
    });
}

const incidents::Incident* IncidentAdapter::find(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto at =
        std::find_if(incidents_.begin(), incidents_.end(),
                     [&](const incidents::Incident& incident) { return incident.id.value == wanted; });
    return at == incidents_.end() ? nullptr : &*at;
}

int IncidentAdapter::openCount() const {
    return int(std::count_if(incidents_.begin(), incidents_.end(), [](const incidents::Incident& incident) {
        return incidents::is_open(incident.state);
    }));
}

void IncidentAdapter::fetch() {
    if (!link_.client()) return;
    link_.client()->incidents(latest().ask<std::vector<incidents::Incident>>(this, [this](auto list) {
        if (!list) return failed(list.error());
        incidents_ = std::move(*list);
        std::stable_sort(incidents_.begin(), incidents_.end(), [](const auto& a, const auto& b) {
            const bool openA = incidents::is_open(a.state), openB = incidents::is_open(b.state);
            return openA != openB ? openA : a.detected_at > b.detected_at;
        });
        arrived();
    }));
}

void IncidentAdapter::post(const QString& id, std::uint64_t version, const incidents::EventRequest& event,
                           Done done) {
    std::optional<incidents::Incident> seen;
    if (const incidents::Incident* known = find(id)) seen = *known;
    if (!done) done = [](const Outcome&) {};
    send(std::make_shared<Post>(Post{id, event, std::move(seen), std::move(done)}), version, kTries);
}

void IncidentAdapter::send(std::shared_ptr<Post> post, std::uint64_t version, int tries) {
    if (!link_.client()) return post->done(notConnected());
    auto answer =
        deliver<incidents::Event>(this, [this, post, tries](core::Result<incidents::Event> written) {
            const bool overtaken = !written && written.error().code == core::Errc::precondition_failed;
            if (overtaken && tries > 1 && post->seen) return sendAgain(post, tries - 1);
            if (!written) {
                refresh();
                post->done(tl::unexpected(written.error()));
                return;
            }
            readBack(post, written->seq);
        });
    link_.client()->post_event(incidentId(post->id), post->event,
                               version > 0 ? std::optional(version) : std::nullopt, answer);
}

void IncidentAdapter::readBack(std::shared_ptr<Post> post, std::uint64_t seq) {
    if (!link_.client()) return post->done(notConnected());
    link_.client()->incident(
        incidentId(post->id),
        deliver<incidents::Incident>(this, [this, post, seq](core::Result<incidents::Incident> now) {
            if (now) {
                const auto at =
                    std::find_if(incidents_.begin(), incidents_.end(),
                                 [&](const incidents::Incident& one) { return one.id == now->id; });
                if (at != incidents_.end() && at->version < now->version) *at = std::move(*now);
                emit changed();
            }
            refresh();
            post->done(QVariantMap{{QStringLiteral("incident"), post->id},
                                   {QStringLiteral("seq"), qulonglong(seq)}});
        }));
}

void IncidentAdapter::sendAgain(std::shared_ptr<Post> post, int tries) {
    if (!link_.client()) return post->done(notConnected());
    link_.client()->incident(
        incidentId(post->id),
        deliver<incidents::Incident>(this, [this, post, tries](core::Result<incidents::Incident> now) {
            if (!now) return post->done(tl::unexpected(now.error()));
            const incidents::Incident& seen = *post->seen;
            // Alerts and rollouts write into the journal all the time. Only what a person decided meanwhile
            // may make this decision another one.
            if (now->state == seen.state && now->severity == seen.severity && now->roles == seen.roles)
                return send(post, now->version, tries);
            refresh();
            post->done(
                core::fail(core::Errc::precondition_failed,
                           "another hand was first: the incident is {} {} now. Look again, then decide",
                           to_string(now->severity), to_string(now->state)));
        }));
}

void IncidentAdapter::open(const incidents::OpenRequest& request, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->open_incident(
        request, deliver<incidents::Incident>(this, [this, done = std::move(done)](
                                                        core::Result<incidents::Incident> opened) {
            refresh();
            if (!done) return;
            if (!opened) return done(tl::unexpected(opened.error()));
            done(QVariantMap{{QStringLiteral("incident"), QString::fromStdString(opened->id.value)}});
        }));
}

TimelineAdapter::TimelineAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type, const QString& subject) {
        if (type == QLatin1String("incident") && (subject == id_ || subject.isEmpty())) touch();
    });
}

void TimelineAdapter::setIncident(const QString& id) {
    if (id == id_) return;
    id_ = id;
    events_.clear();
    latest().cancel();
    // The question that may be under way is of the other incident: start over.
    const bool online = isOnline();
    setOnline(false);
    setOnline(online);
    emit changed();
}

void TimelineAdapter::fetch() {
    if (id_.isEmpty()) return arrived();
    if (!link_.client()) return;
    link_.client()->timeline(incidentId(id_),
                             latest().ask<std::vector<incidents::Event>>(this, [this](auto list) {
                                 if (!list) return failed(list.error());
                                 events_ = incidents::effective(*list);
                                 arrived();
                             }));
}

}  // namespace qd::app
