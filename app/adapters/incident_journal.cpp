#include "app/adapters/incident_journal.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace qd::app {

IncidentJournal::IncidentJournal(std::vector<incidents::Event> recorded) {
    const std::size_t count = recorded.size();
    recorded.reserve(count + count / 8 + 64);  // what follows moves nothing for a good while
    *this = IncidentJournal(std::make_shared<std::vector<incidents::Event>>(std::move(recorded)), count);
}

IncidentJournal::IncidentJournal(Events recorded, std::size_t count) : events_(std::move(recorded)) {
    if (!events_) return;
    count_ = std::min(count, events_->size());
    const auto& events = *events_;
    auto made = std::make_shared<Index>();
    std::vector<Row>& rows = made->rows;
    std::vector<std::uint32_t>& roots = made->roots;
    roots.resize(count_);
    made->rowOf.assign(count_, -1);
    std::vector<std::uint32_t> current(count_);
    for (std::uint32_t i = 0; i < count_; ++i) {
        const auto supersedes = events[i].supersedes;
        const bool corrects = supersedes && *supersedes >= 1 && *supersedes <= i;
        roots[i] = corrects ? roots[*supersedes - 1] : i;
        current[roots[i]] = i;
    }
    for (std::uint32_t i = 0; i < count_; ++i)
        if (roots[i] == i) rows.push_back({i, current[i]});
    const auto earlier = [&events](const Row& a, const Row& b) {
        return std::pair(events[a.current].occurred_at, a.root) <
               std::pair(events[b.current].occurred_at, b.root);
    };
    if (!std::is_sorted(rows.begin(), rows.end(), earlier)) std::sort(rows.begin(), rows.end(), earlier);
    for (std::size_t row = 0; row < rows.size(); ++row) made->rowOf[rows[row].root] = std::int32_t(row);
    index_ = std::move(made);
}

IncidentJournal IncidentJournal::followedBy(std::vector<incidents::Event> more) const {
    if (!events_) return IncidentJournal(std::move(more));
    if (more.empty()) return *this;
    IncidentJournal next;
    next.count_ = count_ + more.size();
    if (events_->size() == count_ && events_->capacity() >= next.count_) {
        next.events_ = events_;
    } else {
        // Others look at these events, or have gone on from here in another way.
        next.events_ = std::make_shared<std::vector<incidents::Event>>();
        next.events_->reserve(next.count_ + next.count_ / 2);
        next.events_->assign(events_->begin(), events_->begin() + std::ptrdiff_t(count_));
    }
    std::ranges::move(more, std::back_inserter(*next.events_));
    auto made = std::make_shared<Index>(*index_);
    for (std::size_t event = count_; event < next.count_; ++event) next.add(*made, std::uint32_t(event));
    next.index_ = std::move(made);
    return next;
}

/// Puts the next event into an index of all before it.
void IncidentJournal::add(Index& index, std::uint32_t event) const {
    const auto& events = *events_;
    std::vector<Row>& rows = index.rows;
    const auto supersedes = events[event].supersedes;
    const bool corrects = supersedes && *supersedes >= 1 && *supersedes <= event;
    const std::uint32_t root = corrects ? index.roots[*supersedes - 1] : event;
    index.roots.push_back(root);
    index.rowOf.push_back(-1);
    const auto place = [&events](const Row& row) {
        return std::pair(events[row.current].occurred_at, row.root);
    };
    const Row row{root, event};
    std::size_t from = rows.size();  // where the row is now; a new one stands behind the last
    if (corrects) {
        from = std::size_t(index.rowOf[root]);
        rows.erase(rows.begin() + std::ptrdiff_t(from));
    }
    const auto at = std::ranges::upper_bound(rows, place(row), {}, place);
    const auto to = std::size_t(at - rows.begin());
    rows.insert(at, row);
    const std::size_t last = std::max(to, std::min(from, rows.size() - 1));
    for (std::size_t moved = std::min(from, to); moved <= last; ++moved)
        index.rowOf[rows[moved].root] = std::int32_t(moved);
}

std::vector<const incidents::Event*> IncidentJournal::versions(std::size_t row) const {
    std::vector<const incidents::Event*> all;
    for (std::size_t i = index_->rows[row].root; i <= index_->rows[row].current; ++i)
        if (index_->roots[i] == index_->rows[row].root) all.push_back(&(*events_)[i]);
    return all;
}

int IncidentJournal::rowOf(std::uint64_t seq) const {
    return seq >= 1 && seq <= count_ ? index_->rowOf[index_->roots[seq - 1]] : -1;
}

}  // namespace qd::app
