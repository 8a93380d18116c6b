#pragma once
// One incident's journal: as it was recorded, and as it is to be read. Immutable, and cheap to copy: copies,
// what comes before and what follows() share the events, so all of them belong to one thread at a time.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "incidents/event.hpp"

namespace qd::app {

class IncidentJournal {
public:
    IncidentJournal() = default;
    /// `recorded`: seq 1, 2, …
    explicit IncidentJournal(std::vector<incidents::Event> recorded);

    /// The journal as it was when only its first `count` events had been written. Shares them.
    IncidentJournal prefix(std::size_t count) const { return {events_, count}; }
    /// The journal with what was recorded since, which must go on where it ends. Costs no event that was
    /// there.
    IncidentJournal followedBy(std::vector<incidents::Event> more) const;

    std::span<const incidents::Event> recorded() const {
        return events_ ? std::span(*events_).first(count_) : std::span<const incidents::Event>();
    }
    /// Null when there is no such event.
    const incidents::Event* bySeq(std::uint64_t seq) const {
        return seq >= 1 && seq <= count_ ? &(*events_)[seq - 1] : nullptr;
    }

    /// One row for each event that corrects no other, in order of when it happened as is known now, then seq.
    std::size_t size() const { return index_->rows.size(); }
    /// As it counts: the last correction, or the event itself.
    const incidents::Event& current(std::size_t row) const { return (*events_)[index_->rows[row].current]; }
    /// As it was first written; its seq names the row.
    const incidents::Event& original(std::size_t row) const { return (*events_)[index_->rows[row].root]; }
    std::uint64_t key(std::size_t row) const { return index_->rows[row].root + 1; }
    bool isCorrected(std::size_t row) const { return index_->rows[row].root != index_->rows[row].current; }
    bool isRetracted(std::size_t row) const { return current(row).body.retracted; }
    /// From the first to what counts now.
    std::vector<const incidents::Event*> versions(std::size_t row) const;
    /// The row that shows the event of this seq, whichever version of it that is; -1 when there is none.
    int rowOf(std::uint64_t seq) const;

private:
    using Events = std::shared_ptr<std::vector<incidents::Event>>;

    IncidentJournal(Events recorded, std::size_t count);

    struct Row {
        std::uint32_t root;
        std::uint32_t current;
    };

    struct Index {
        std::vector<Row> rows;
        std::vector<std::uint32_t> roots;  // of each event
        std::vector<std::int32_t> rowOf;   // of each root; -1 for corrections
    };
    void add(Index& index, std::uint32_t event) const;

    Events events_;  // grows behind count_ only; no event in it changes
    std::size_t count_ = 0;
    std::shared_ptr<const Index> index_ = std::make_shared<const Index>();
};

}  // namespace qd::app
