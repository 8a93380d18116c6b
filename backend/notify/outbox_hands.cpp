// The outbox as people see it, and what they may do to an entry.

#include "notify/outbox.hpp"
#include "notify/outbox_rows.hpp"

namespace qd::notify {

using core::Errc;
using core::Result;

namespace {

Result<Entry> find_entry(SQLite::Database& db, std::uint64_t id) {
    SQLite::Statement query(db, fmt::format("SELECT {} FROM entry WHERE id=?", entry_columns));
    query.bind(1, std::int64_t(id));
    if (!query.executeStep()) return core::fail(Errc::not_found, "the outbox has no entry {}", id);
    return read_entry(query);
}

}  // namespace

Result<std::vector<Entry>> Outbox::list(std::optional<EntryState> state, std::size_t most,
                                        std::uint64_t before) const {
    return database_->read("reading the outbox", [&](SQLite::Database& db) -> Result<std::vector<Entry>> {
        SQLite::Statement query(
            db, fmt::format("SELECT {} FROM entry WHERE (?1='' OR state=?1) AND (?2=0 OR id<?2) "
                            "ORDER BY id DESC LIMIT ?3",
                            entry_columns));
        query.bind(1, std::string(state ? to_string(*state) : ""));
        query.bind(2, std::int64_t(before));
        query.bind(3, std::int64_t(most));
        std::vector<Entry> entries;
        while (query.executeStep()) {
            auto entry = read_entry(query);
            if (!entry) return core::Failure(entry.error());
            entries.push_back(std::move(*entry));
        }
        return entries;
    });
}

Result<Entry> Outbox::get(std::uint64_t id) const {
    return database_->read("reading the outbox",
                           [&](SQLite::Database& db) -> Result<Entry> { return find_entry(db, id); });
}

Result<OutboxCounts> Outbox::counts() const {
    return database_->read("counting the outbox", [&](SQLite::Database& db) -> Result<OutboxCounts> {
        OutboxCounts counts;
        const std::array<std::uint64_t*, 5> by_state{&counts.queued, &counts.sending, &counts.sent,
                                                     &counts.failed, &counts.dropped};
        SQLite::Statement query(db, "SELECT state, count(*) FROM entry GROUP BY state");
        while (query.executeStep())
            if (const auto state = parse_entry_state(query.getColumn(0).getString()))
                *by_state[std::size_t(*state)] = std::uint64_t(query.getColumn(1).getInt64());
        return counts;
    });
}

Result<Entry> Outbox::try_again(std::uint64_t id) {
    return database_->write("trying an entry again", [&](SQLite::Database& db) -> Result<Entry> {
        const auto entry = find_entry(db, id);
        if (!entry) return entry;
        const bool retrying = entry->state == EntryState::queued && entry->failures > 0;
        if (entry->state != EntryState::failed && !retrying)
            return core::fail(Errc::conflict, "entry {} is {}: only what did not go out is tried again", id,
                              to_string(entry->state));
        SQLite::Statement update(db,
                                 "UPDATE entry SET state='queued', due_ms=?1, retried_ms=?1, ended_ms=NULL, "
                                 "failures=0, told=CASE type WHEN 'status_update' THEN 0 ELSE 1 END "
                                 "WHERE id=?2 AND (open=1 OR phase<>'firing')");
        update.bind(1, now_ms());
        update.bind(2, std::int64_t(id));
        if (update.exec() == 0)
            return core::fail(Errc::conflict, "the alert of entry {} has ended meanwhile", id);
        return find_entry(db, id);
    });
}

Result<Entry> Outbox::drop(std::uint64_t id, std::string_view by) {
    return database_->write("dropping an entry", [&](SQLite::Database& db) -> Result<Entry> {
        const auto entry = find_entry(db, id);
        if (!entry) return entry;
        if (entry->state == EntryState::sending)
            return core::fail(Errc::conflict, "entry {} is being sent right now", id);
        if (entry->state != EntryState::queued && entry->state != EntryState::failed)
            return core::fail(Errc::conflict, "entry {} is {}: there is nothing to drop", id,
                              to_string(entry->state));
        SQLite::Statement update(db,
                                 "UPDATE entry SET state='dropped', due_ms=NULL, ended_ms=?1, "
                                 "told=CASE type WHEN 'status_update' THEN 0 ELSE 1 END, last_error=?3 || "
                                 "CASE last_error WHEN '' THEN '' ELSE '; before: ' || last_error END "
                                 "WHERE id=?2");
        update.bind(1, now_ms());
        update.bind(2, std::int64_t(id));
        update.bind(3, fmt::format("dropped by {}", by));
        update.exec();
        return find_entry(db, id);
    });
}

Result<std::vector<Entry>> Outbox::untold(std::size_t most) const {
    return database_->read("reading the outbox", [&](SQLite::Database& db) -> Result<std::vector<Entry>> {
        SQLite::Statement query(db, fmt::format("SELECT {} FROM entry WHERE told=0 AND state IN ('sent', "
                                                "'failed', 'dropped') ORDER BY id LIMIT ?",
                                                entry_columns));
        query.bind(1, std::int64_t(most));
        std::vector<Entry> entries;
        while (query.executeStep()) {
            auto entry = read_entry(query);
            if (!entry) return core::Failure(entry.error());
            entries.push_back(std::move(*entry));
        }
        return entries;
    });
}

Result<> Outbox::mark_told(const Entry& entry) {
    return database_->write("noting what was told", [&](SQLite::Database& db) -> Result<> {
        SQLite::Statement update(db, "UPDATE entry SET told=1 WHERE id=? AND state=? AND ended_ms IS ?");
        update.bind(1, std::int64_t(entry.id));
        update.bind(2, std::string(to_string(entry.state)));
        if (entry.ended_at)
            update.bind(3, std::int64_t(entry.ended_at->time_since_epoch().count()));
        else
            update.bind(3);
        update.exec();
        return {};
    });
}

}  // namespace qd::notify
