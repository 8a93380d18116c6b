#pragma once
// The incidents that a search finds, a page at a time: further pages are read as the view comes to them.

#include <QTimer>

#include "app/adapters/async.hpp"
#include "app/models/operations_models.hpp"
#include "incidents/requests.hpp"

namespace qd::app {

class Session;

/// UI thread. While nothing narrows it, the first rows are those that the session keeps current anyway.
class FoundIncidents : public IncidentModel {
    Q_OBJECT

public:
    explicit FoundIncidents(Session& session, QObject* parent = nullptr);

    /// Starts at the first page. Rows stay as they are until the answer is there.
    void setQuery(const incidents::IncidentQuery& query);
    const incidents::IncidentQuery& query() const { return query_; }
    bool isNarrowed() const;
    /// As many rows as there are now, as they are now; soon, and at most once a second.
    void refresh();
    /// How many there are on all pages.
    std::size_t total() const { return total_; }
    bool isAsking() const { return asking_; }
    /// Why the last question failed; empty when it did not.
    const QString& problem() const { return problem_; }

    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

signals:
    /// Rows, total, problem or whether something is asked have changed.
    void answered();

private:
    void load(std::size_t wanted);
    using Rows = std::shared_ptr<std::vector<incidents::Incident>>;
    void readPage(Rows before, std::string cursor, std::size_t wanted);
    void show(std::vector<incidents::Incident> rows, std::optional<std::string> next);

    Session& session_;
    incidents::IncidentQuery query_;
    Latest latest_;
    QTimer soon_;
    std::size_t total_ = 0;
    std::optional<std::string> next_;  // where the page after the last row begins
    bool asking_ = false;
    QString problem_;
};

}  // namespace qd::app
