#pragma once
// An incident's journal as a table: what is pinned on top, then the newest first. Of its rows only the order
// is kept; texts are made when a view asks for them.

#include <QAbstractTableModel>
#include <QSet>
#include <optional>
#include <vector>

#include "app/adapters/incident_journal.hpp"
#include "incidents/incident.hpp"

namespace qd::app {

struct JournalFilter {
    std::optional<incidents::EventKind> kind;
    std::string actor;  // empty: everybody

    bool operator==(const JournalFilter&) const = default;
};

class JournalModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum ColumnIndex : int { At, Kind, What, Actor, ColumnCount };

    explicit JournalModel(QObject* parent = nullptr);

    /// What `incident` has pinned and where hands crossed is told with it. Rows that stay keep their place in
    /// views.
    void setJournal(const IncidentJournal& journal, const incidents::Incident& incident);
    void setFilter(const JournalFilter& filter);
    const JournalFilter& filter() const { return filter_; }
    const IncidentJournal& journal() const { return journal_; }

    /// The seq that names the row (IncidentJournal::key); 0: there is no such row.
    std::uint64_t keyAt(int row) const;
    /// By the seq of any version; -1: not among the rows.
    int rowOf(std::uint64_t seq) const;
    bool isPinned(std::uint64_t key) const { return pinned_.contains(key); }

    /// Of any event, whether or not it is among the rows: one line that says what became of it, and below it
    /// what it said before and where hands crossed, a line each. Empty when there is no such event.
    QString line(std::uint64_t seq) const;
    QString history(std::uint64_t seq) const;

    /// The rows that hold `text`, without regard to case, from the top down.
    std::vector<int> search(const QString& text) const;
    /// Whoever has written, in order of name.
    QStringList actors() const;
    /// The kinds there are.
    std::vector<incidents::EventKind> kinds() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    std::vector<std::uint64_t> wanted(const IncidentJournal& journal) const;
    void show(const IncidentJournal& journal);
    QString what(std::size_t row) const;
    QString marked(std::size_t row) const;
    QString told(std::size_t row) const;

    IncidentJournal journal_;
    std::vector<std::uint64_t> pins_;  // in the order in which they were pinned
    QSet<std::uint64_t> pinned_;
    std::vector<incidents::Conflict> conflicts_;
    JournalFilter filter_;
    std::vector<std::uint64_t> keys_;  // of the rows, from the top down
};

}  // namespace qd::app
