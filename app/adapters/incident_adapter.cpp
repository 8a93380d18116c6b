#include "app/adapters/incident_adapter.hpp"

#include <algorithm>

namespace qd::app {
namespace {

incidents::IncidentId incidentId(const QString& id) {
    return incidents::IncidentId(id.toStdString());
}

constexpr qsizetype kOneByOne = 8;  // more that changed are read as a list
constexpr qsizetype kMostNeeded = 50;
constexpr std::size_t kMostOpen = 10'000;

}  // namespace

IncidentAdapter::IncidentAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type, const QString& subject) {
        if (type != QLatin1String("incident")) return;
        if (subject.isEmpty() || subject == QLatin1String("*"))
            all_ = true;
        else
            changed_.insert(subject);
        touch();
    });
    // What was missed meanwhile nobody tells.
    connect(&link_, &OpsLink::stateChanged, this, [this] { all_ = all_ || !link_.isLive(); });
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

void IncidentAdapter::need(const QString& id) {
    if (id.isEmpty() || find(id) || needed_.contains(id)) return;
    if (needed_.size() >= kMostNeeded) needed_.clear();
    needed_.insert(id);
    changed_.insert(id);
    touch();
}

void IncidentAdapter::fetch() {
    if (!link_.client()) return;
    const QStringList some(changed_.begin(), changed_.end());
    changed_.clear();
    if (all_ || some.isEmpty() || some.size() > kOneByOne)
        fetchPage(std::make_shared<std::vector<incidents::Incident>>(), {});
    else
        fetchOne(some);
}

void IncidentAdapter::fetchPage(std::shared_ptr<std::vector<incidents::Incident>> before,
                                incidents::IncidentQuery query) {
    auto read = [this, before, query](core::Result<incidents::IncidentPage> page) {
        if (!page) {
            all_ = true;
            return failed(page.error());
        }
        std::ranges::move(page->items, std::back_inserter(*before));
        const bool openOnesFollow = page->next && !before->empty() &&
                                    incidents::is_open(before->back().state) && before->size() < kMostOpen;
        if (openOnesFollow && link_.client()) {
            incidents::IncidentQuery further = query;
            further.cursor = *page->next;
            return fetchPage(before, further);
        }
        all_ = false;
        total_ = page->total;
        incidents_ = std::move(*before);
        sort();
        fetchOne(missing());
    };
    link_.client()->find_incidents(query, latest().ask<incidents::IncidentPage>(this, std::move(read)));
}

void IncidentAdapter::fetchOne(QStringList ids) {
    if (ids.isEmpty() || !link_.client()) return arrived();
    const QString id = ids.takeLast();
    link_.client()->incident(incidentId(id),
                             latest().ask<incidents::Incident>(this, [this, id, ids](auto incident) {
                                 if (!incident && incident.error().code != core::Errc::not_found) {
                                     all_ = true;
                                     return failed(incident.error());
                                 }
                                 if (incident)
                                     put(std::move(*incident));
                                 else
                                     needed_.remove(id);
                                 fetchOne(ids);
                             }));
}

QStringList IncidentAdapter::missing() const {
    QStringList ids;
    for (const QString& id : needed_)
        if (!find(id)) ids << id;
    return ids;
}

void IncidentAdapter::put(incidents::Incident incident) {
    const auto at = std::ranges::find(incidents_, incident.id, &incidents::Incident::id);
    if (at == incidents_.end()) {
        // One that nobody asked for by name is new.
        if (!needed_.contains(QString::fromStdString(incident.id.value))) ++total_;
        incidents_.push_back(std::move(incident));
    } else if (at->version <= incident.version) {
        *at = std::move(incident);
    }
    sort();
}

void IncidentAdapter::sort() {
    std::ranges::stable_sort(incidents_, [](const auto& a, const auto& b) {
        const bool openA = incidents::is_open(a.state), openB = incidents::is_open(b.state);
        return openA != openB ? openA : a.detected_at > b.detected_at;
    });
}

void IncidentAdapter::post(const QString& id, incidents::EventRequest event, Done done) {
    if (!done) done = [](const Outcome&) {};
    if (!link_.client()) return done(notConnected());
    if (const incidents::Incident* seen = find(id); seen && !event.based_on) event.based_on = seen->version;
    link_.client()->post_event(
        incidentId(id), event, std::nullopt,
        deliver<incidents::Event>(
            this, [this, id, done = std::move(done)](core::Result<incidents::Event> written) mutable {
                if (written) return readBack(id, written->seq, std::move(done));
                refresh();
                done(tl::unexpected(written.error()));
            }));
}

void IncidentAdapter::readBack(const QString& id, std::uint64_t seq, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->incident(
        incidentId(id), deliver<incidents::Incident>(this, [this, id, seq, done = std::move(done)](
                                                               core::Result<incidents::Incident> now) {
            QVariantMap told{{QStringLiteral("incident"), id}, {QStringLiteral("seq"), qulonglong(seq)}};
            if (now) {
                told.insert(QStringLiteral("conflicts"),
                            int(std::count_if(now->conflicts.begin(), now->conflicts.end(),
                                              [seq](const auto& one) { return one.event_seq == seq; })));
                const auto at =
                    std::find_if(incidents_.begin(), incidents_.end(),
                                 [&](const incidents::Incident& one) { return one.id == now->id; });
                if (at != incidents_.end() && at->version < now->version) *at = std::move(*now);
                emit changed();
            }
            refresh();
            done(told);
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

namespace {

/// Tells the id of the incident that goes on.
auto outcomeOf(IncidentAdapter* adapter, Done done, QString goesOn = {}) {
    return deliver<incidents::Incident>(
        adapter, [adapter, done = std::move(done), goesOn](core::Result<incidents::Incident> answer) {
            adapter->refresh();
            if (!done) return;
            if (!answer) return done(tl::unexpected(answer.error()));
            const QString id = goesOn.isEmpty() ? QString::fromStdString(answer->id.value) : goesOn;
            done(QVariantMap{{QStringLiteral("incident"), id}});
        });
}

}  // namespace

void IncidentAdapter::merge(const QString& id, const incidents::MergeRequest& request, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->merge_incident(
        incidentId(id), request,
        outcomeOf(this, std::move(done), QString::fromStdString(request.into.value)));
}

void IncidentAdapter::split(const QString& id, const incidents::SplitRequest& request, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->split_incident(incidentId(id), request, outcomeOf(this, std::move(done)));
}

void IncidentAdapter::relate(const QString& id, const incidents::RelationRequest& request, Done done) {
    if (!link_.client()) return done(notConnected());
    link_.client()->relate_incidents(incidentId(id), request, outcomeOf(this, std::move(done)));
}

TimelineAdapter::TimelineAdapter(OpsLink& link, QObject* parent) : Domain(0, parent), link_(link) {
    connect(&link_, &OpsLink::eventArrived, this, [this](const QString& type, const QString& subject) {
        if (type != QLatin1String("incident")) return;
        // After a pause in the events, of which nobody says what was missed.
        if (subject.isEmpty()) whole_ = true;
        if (subject == id_ || subject.isEmpty()) touch();
    });
    connect(&link_, &OpsLink::stateChanged, this, [this] { whole_ = whole_ || !link_.isLive(); });
}

void TimelineAdapter::setIncident(const QString& id) {
    if (id == id_) return;
    id_ = id;
    journal_ = {};
    whole_ = true;
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
    const std::uint64_t known = journal_.recorded().size();
    if (whole_ || known == 0) return fetchWhole();
    link_.client()->timeline(incidentId(id_),
                             latest().ask<std::vector<incidents::Event>>(
                                 this,
                                 [this, known](core::Result<std::vector<incidents::Event>> more) {
                                     if (!more) return failed(more.error());
                                     if (!more->empty() && more->front().seq != known + 1)
                                         return fetchWhole();  // an opsd that always sends everything
                                     journal_ = journal_.followedBy(std::move(*more));
                                     arrived();
                                 }),
                             known);
}

void TimelineAdapter::fetchWhole() {
    if (!link_.client()) return;
    whole_ = false;
    // Ordered on the client's thread: of a long journal that takes its time.
    auto answer = latest().ask<IncidentJournal>(this, [this](core::Result<IncidentJournal> journal) {
        if (!journal) {
            whole_ = true;
            return failed(journal.error());
        }
        journal_ = std::move(*journal);
        arrived();
    });
    link_.client()->timeline(incidentId(id_), [answer](core::Result<std::vector<incidents::Event>> list) {
        if (!list) return answer(core::Failure(list.error()));
        answer(IncidentJournal(std::move(*list)));
    });
}

}  // namespace qd::app
