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

}  // namespace

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
    if (!link_.client()) return done(notConnected());
    const auto expected = version > 0 ? std::optional(version) : std::nullopt;
    link_.client()->post_event(incidentId(id), event, expected,
                               deliver<incidents::Event>(this, [this, id, done = std::move(done)](
                                                                   core::Result<incidents::Event> written) {
                                   refresh();
                                   if (!done) return;
                                   if (!written) return done(tl::unexpected(written.error()));
                                   done(QVariantMap{{QStringLiteral("incident"), id},
                                                    {QStringLiteral("seq"), qulonglong(written->seq)}});
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
    link_.client()->timeline(incidentId(id_), latest().ask<std::vector<incidents::Event>>(this, [this](auto list) {
        if (!list) return failed(list.error());
        events_ = incidents::effective(*list);
        arrived();
    }));
}

}  // namespace qd::app
