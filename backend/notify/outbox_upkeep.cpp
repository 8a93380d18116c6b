// What keeps the outbox small and honest over time.

#include "notify/outbox.hpp"
#include "notify/outbox_rows.hpp"

namespace qd::notify {

using core::Result;

std::size_t Outbox::make_room(SQLite::Database& db) const {
    const auto count = std::size_t(db.execAndGet("SELECT count(*) FROM entry").getInt64());
    if (count <= limits_.max_entries) return 0;
    SQLite::Statement finished(
        db, fmt::format("DELETE FROM entry WHERE id IN (SELECT id FROM entry WHERE {} ORDER BY id LIMIT ?)",
                        is_finished));
    finished.bind(1, std::int64_t(count - limits_.max_entries));
    const std::size_t gone = std::size_t(finished.exec());
    if (count - gone <= limits_.max_entries) return 0;
    SQLite::Statement oldest(db, "DELETE FROM entry WHERE id IN (SELECT id FROM entry ORDER BY id LIMIT ?)");
    oldest.bind(1, std::int64_t(count - gone - limits_.max_entries));
    return std::size_t(oldest.exec());
}

Result<> Outbox::settle(const std::vector<std::string>& destinations,
                        const std::vector<std::string>& firing) {
    return database_->write("settling the outbox", [&](SQLite::Database& db) -> Result<> {
        db.exec(
            "CREATE TEMP TABLE IF NOT EXISTS known(kind TEXT, name TEXT, PRIMARY KEY(kind, name)); DELETE "
            "FROM known");
        SQLite::Statement insert(db, "INSERT OR IGNORE INTO known VALUES(?, ?)");
        const auto put = [&](const char* kind, const std::vector<std::string>& names) {
            for (const std::string& name : names) {
                insert.bind(1, std::string(kind));
                insert.bind(2, name);
                insert.exec();
                insert.reset();
            }
        };
        put("destination", destinations);
        put("alert", firing);
        db.exec(
            "UPDATE entry SET open=0, due_ms=CASE state WHEN 'sent' THEN NULL ELSE due_ms END "
            "WHERE open=1 AND message_id NOT IN (SELECT name FROM known WHERE kind='alert')");
        db.exec(fmt::format(
            "UPDATE entry SET open=0, due_ms=NULL, last_error=CASE WHEN {0} THEN "
            "'the destination is no longer configured' ELSE last_error END, ended_ms=CASE WHEN {0} "
            "THEN {1} ELSE ended_ms END, state=CASE WHEN {0} THEN 'failed' ELSE state END "
            "WHERE (open=1 OR due_ms IS NOT NULL) AND destination NOT IN "
            "(SELECT name FROM known WHERE kind='destination')",
            "state IN ('queued', 'sending')", now_ms()));
        return {};
    });
}

Result<> Outbox::tidy() {
    return database_->write("tidying the outbox", [&](SQLite::Database& db) -> Result<> {
        SQLite::Statement give_up(
            db,
            "UPDATE entry SET state='failed', due_ms=NULL, ended_ms=?2, last_error='given up after ' || "
            "attempts "
            "|| ' attempts: ' || last_error WHERE state='queued' AND coalesce(retried_ms, created_ms)<?1");
        give_up.bind(1, now_ms() - std::int64_t(limits_.give_up_after.count()));
        give_up.bind(2, now_ms());
        give_up.exec();
        SQLite::Statement forget(db, fmt::format("DELETE FROM entry WHERE {} AND created_ms<?", is_finished));
        forget.bind(1, now_ms() - std::int64_t(limits_.keep_finished.count()));
        forget.exec();
        return {};
    });
}

}  // namespace qd::notify
