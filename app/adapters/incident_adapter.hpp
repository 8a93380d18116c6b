#pragma once
// Incidents, the journal of the one that is open on screen, and what people do to them.

#include <functional>
#include <memory>
#include <vector>

#include "app/adapters/domain.hpp"
#include "app/adapters/ops_link.hpp"
#include "app/shell/actions.hpp"
#include "incidents/codec.hpp"
#include "incidents/event.hpp"
#include "incidents/incident.hpp"

namespace qd::app {

class IncidentAdapter : public Domain {
    Q_OBJECT

public:
    IncidentAdapter(OpsLink& link, QObject* parent = nullptr);

    /// Open ones first, then the newest.
    const std::vector<incidents::Incident>& incidents() const { return incidents_; }
    const incidents::Incident* find(const QString& id) const;
    int openCount() const;

    /// Appends to the journal. `version` is what was on screen (If-Match); 0: whatever it is now. Rows that
    /// machines wrote meanwhile do not matter; when a person changed state, severity or roles it fails with
    /// precondition_failed. `done` gets {"incident": id, "seq": n} once incidents() knows of it.
    void post(const QString& id, std::uint64_t version, const incidents::EventRequest& event, Done done);
    /// `done` gets {"incident": id}.
    void open(const incidents::OpenRequest& request, Done done);

protected:
    void fetch() override;

private:
    struct Post;
    void send(std::shared_ptr<Post> post, std::uint64_t version, int tries);
    void readBack(std::shared_ptr<Post> post, std::uint64_t seq);
    void sendAgain(std::shared_ptr<Post> post, int tries);

    OpsLink& link_;
    std::vector<incidents::Incident> incidents_;
};

/// The journal of one incident.
class TimelineAdapter : public Domain {
    Q_OBJECT

public:
    TimelineAdapter(OpsLink& link, QObject* parent = nullptr);
    /// Empty: none. What was read of another is dropped.
    void setIncident(const QString& id);
    const QString& incident() const { return id_; }
    const std::vector<incidents::Event>& events() const { return events_; }

protected:
    void fetch() override;

private:
    OpsLink& link_;
    QString id_;
    std::vector<incidents::Event> events_;
};

}  // namespace qd::app
