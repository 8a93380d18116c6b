#pragma once
// Incidents, the journal of the one that is open on screen, and what people do to them.

#include <functional>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/incident_journal.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "incidents/codec.hpp"
#include "incidents/incident.hpp"
#include "incidents/requests.hpp"

namespace qd::app {

class IncidentAdapter : public Domain {
    Q_OBJECT

public:
    IncidentAdapter(OpsLink& link, QObject* parent = nullptr);

    /// All open ones first, then the newest, about 500 together, and those that were asked for by need().
    const std::vector<incidents::Incident>& incidents() const { return incidents_; }
    /// How many the site has.
    std::size_t total() const { return total_; }
    const incidents::Incident* find(const QString& id) const;
    /// An older one is wanted too: it is read, and kept.
    void need(const QString& id);
    int openCount() const;

    /// Appends to the journal. What another hand wrote meanwhile stops nothing: the event says which version
    /// was on screen (Event::based_on), both writes are kept, and where they differ the incident tells of a
    /// conflict. `done` gets {"incident": id, "seq": n, "conflicts": n} once incidents() knows of it.
    void post(const QString& id, incidents::EventRequest event, Done done);
    /// `done` gets {"incident": id}.
    void open(const incidents::OpenRequest& request, Done done);
    /// `done` gets {"incident": id} of the one that goes on: the other one, the new one, the same.
    void merge(const QString& id, const incidents::MergeRequest& request, Done done);
    void split(const QString& id, const incidents::SplitRequest& request, Done done);
    void relate(const QString& id, const incidents::RelationRequest& request, Done done);

protected:
    void fetch() override;

private:
    void readBack(const QString& id, std::uint64_t seq, Done done);
    void fetchPage(std::shared_ptr<std::vector<incidents::Incident>> before, incidents::IncidentQuery query);
    void fetchOne(QStringList ids);
    QStringList missing() const;
    void put(incidents::Incident incident);
    void sort();

    OpsLink& link_;
    std::vector<incidents::Incident> incidents_;
    std::size_t total_ = 0;
    QSet<QString> changed_;  // that events told of since the last question
    QSet<QString> needed_;   // older ones, at most 50
    bool all_ = true;        // the whole list is to be read
};

/// The journal of one incident.
class TimelineAdapter : public Domain {
    Q_OBJECT

public:
    TimelineAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Empty: none. What was read of another is dropped.
    void setIncident(const QString& id);
    const QString& incident() const { return id_; }
    const IncidentJournal& journal() const { return journal_; }

protected:
    void fetch() override;

private:
    void fetchWhole();

    OpsLink& link_;
    QString id_;
    IncidentJournal journal_;
    bool whole_ = true;  // what was read may belong to another site, or to none
};

}  // namespace qd::app
