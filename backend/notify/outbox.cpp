#include "notify/outbox.hpp"

#include "core/json_fields.hpp"
#include "notify/outbox_rows.hpp"

namespace qd::notify {
namespace {

using core::Errc;
using core::Result;

// ?1 is now. Nobody waits for more than the two hours after the last word: what is due later was written
// before the clock was set back.
constexpr std::string_view select_due_entries =
    "SELECT id FROM entry AS e WHERE destination=?3 AND due_ms IS NOT NULL AND (due_ms<=?1 OR "
    "due_ms>?1+7200000) AND NOT EXISTS "
    "(SELECT 1 FROM entry AS f WHERE f.destination=e.destination AND f.subject=e.subject AND f.id<e.id "
    "AND f.state IN ('queued', 'sending')) ORDER BY due_ms, id LIMIT ?2";

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::open(const std::filesystem::path& file, const core::Clock& clock,
                                             OutboxLimits limits) {
    auto database = storage::Database::open(file, outbox_migrations);
    if (!database) return core::Failure(database.error());
    std::unique_ptr<Outbox> outbox(new Outbox(std::move(*database), clock, limits));
    auto taken = outbox->database_->write("taking up the outbox", [&](SQLite::Database& db) -> Result<> {
        SQLite::Statement back(
            db,
            "UPDATE entry SET due_ms=?, "
            "state=CASE WHEN deliveries>0 THEN 'sent' ELSE 'queued' END WHERE state='sending'");
        back.bind(1, outbox->now_ms());
        back.exec();
        return {};
    });
    if (!taken) return core::Failure(taken.error());
    return outbox;
}

Result<Outbox::Added> Outbox::add(const Message& message, const std::vector<std::string>& destinations) {
    if (auto fits = check(message); !fits) return core::Failure(fits.error());
    const auto* notice = std::get_if<Notice>(&message);
    const bool firing = notice && notice->phase == Phase::firing;
    const bool resolved = notice && !firing;
    const std::string body = core::dump_json(to_json(message));
    const std::string type(type_of(message));
    return database_->write("queueing a message", [&](SQLite::Database& db) -> Result<Added> {
        Added added;
        SQLite::Statement insert(
            db,
            "INSERT INTO entry(destination, message_id, phase, subject, message, open, created_ms, due_ms, "
            "type, "
            "told) SELECT ?1,?2,?3,?4,?5,?6,?7,?7,?8,?9 WHERE ?10=0 OR EXISTS "
            "(SELECT 1 FROM entry WHERE destination=?1 AND message_id=?2 AND phase='firing' "
            "AND state NOT IN ('failed', 'dropped')) "
            // Told as firing after it was closed without an end: its destination had been gone and is back.
            "ON CONFLICT(destination, message_id, phase) DO UPDATE SET open=1, state='queued', "
            "ended_ms=NULL, "
            "created_ms=excluded.created_ms, due_ms=excluded.due_ms "
            "WHERE open=0 AND excluded.phase='firing' AND NOT EXISTS (SELECT 1 FROM entry AS r "
            "WHERE r.destination=excluded.destination AND r.message_id=excluded.message_id "
            "AND r.phase='resolved')");
        SQLite::Statement close(
            db,
            "UPDATE entry SET open=0, due_ms=CASE state WHEN 'sent' THEN NULL ELSE due_ms END "
            "WHERE destination=? AND message_id=? AND phase='firing'");
        for (const std::string& destination : destinations) {
            insert.bind(1, destination);
            insert.bind(2, id_of(message));
            insert.bind(3, std::string(phase_of(message)));
            insert.bind(4, subject_of(message));
            insert.bind(5, body);
            insert.bind(6, firing ? 1 : 0);
            insert.bind(7, now_ms());
            insert.bind(8, type);
            insert.bind(9, type == to_string(Topic::status_update) ? 0 : 1);
            insert.bind(10, resolved ? 1 : 0);
            added.entries += std::size_t(insert.exec());
            insert.reset();
            if (!resolved) continue;
            close.bind(1, destination);
            close.bind(2, id_of(message));
            close.exec();
            close.reset();
        }
        if (added.entries > 0) added.dropped = make_room(db);
        return added;
    });
}

Result<std::vector<Entry>> Outbox::claim(const std::string& destination, std::size_t most,
                                         std::chrono::milliseconds lease) {
    // With nothing due, as nearly always, the file is only read.
    const auto due = database_->read("looking what is due", [&](SQLite::Database& db) -> Result<bool> {
        SQLite::Statement query(db, std::string(select_due_entries));
        query.bind(1, now_ms());
        query.bind(2, 1);
        query.bind(3, destination);
        return query.executeStep();
    });
    if (!due) return core::Failure(due.error());
    if (!*due || most == 0) return std::vector<Entry>();
    return database_->write("taking what is due", [&](SQLite::Database& db) -> Result<std::vector<Entry>> {
        std::vector<std::int64_t> ids;
        SQLite::Statement query(db, std::string(select_due_entries));
        query.bind(1, now_ms());
        query.bind(2, std::int64_t(most));
        query.bind(3, destination);
        while (query.executeStep()) ids.push_back(query.getColumn(0).getInt64());
        SQLite::Statement take(db,
                               "UPDATE entry SET state='sending', attempts=attempts+1, due_ms=? WHERE id=?");
        SQLite::Statement find(db, fmt::format("SELECT {} FROM entry WHERE id=?", entry_columns));
        std::vector<Entry> taken;
        for (const std::int64_t id : ids) {
            take.bind(1, now_ms() + lease.count());
            take.bind(2, id);
            take.exec();
            take.reset();
            find.bind(1, id);
            find.executeStep();
            auto entry = read_entry(find);
            find.reset();
            if (!entry) return core::Failure(entry.error());
            taken.push_back(std::move(*entry));
        }
        return taken;
    });
}

Result<> Outbox::finish(std::string_view doing, const Entry& entry, const std::string& change,
                        std::string_view error, std::optional<std::int64_t> due_ms) {
    return database_->write(doing, [&](SQLite::Database& db) -> Result<> {
        // The number of the attempt tells ours from one that was begun after our lease had run out.
        SQLite::Statement update(
            db, "UPDATE entry SET last_error=?1, accepted_ms=coalesce(?3, accepted_ms), " + change +
                    " WHERE id=?4 AND attempts=?5 AND state='sending'");
        update.bind(1, std::string(error.substr(0, 500)));
        if (due_ms)
            update.bind(2, *due_ms);
        else
            update.bind(2);
        if (error.empty())
            update.bind(3, now_ms());
        else
            update.bind(3);
        update.bind(4, std::int64_t(entry.id));
        update.bind(5, entry.attempts);
        if (change.find("?6") != std::string::npos) update.bind(6, now_ms());
        update.exec();
        return {};
    });
}

Result<> Outbox::accepted(const Entry& entry, std::optional<std::chrono::milliseconds> resend) {
    std::optional<std::int64_t> due;
    if (resend && phase_of(entry.message) == to_string(Phase::firing)) due = now_ms() + resend->count();
    return finish("noting a delivery", entry,
                  "state='sent', deliveries=deliveries+1, failures=0, ended_ms=coalesce(ended_ms, ?6), "
                  "due_ms=CASE open WHEN 1 THEN ?2 END",
                  {}, due);
}

Result<> Outbox::refused(const Entry& entry, std::string_view error) {
    return finish("noting a refusal", entry, "state='failed', failures=failures+1, ended_ms=?6, due_ms=?2",
                  error.empty() ? "refused" : error, std::nullopt);
}

Result<> Outbox::retry(const Entry& entry, std::string_view error, std::chrono::milliseconds delay) {
    // What was accepted before stays sent; it waits to be sent again unless its end has come meanwhile.
    return finish("putting an entry back", entry,
                  "state=CASE WHEN deliveries>0 THEN 'sent' ELSE 'queued' END, failures=failures+1, "
                  "due_ms=CASE WHEN deliveries>0 AND open=0 THEN NULL ELSE ?2 END",
                  error.empty() ? "not accepted" : error, now_ms() + delay.count());
}

}  // namespace qd::notify
