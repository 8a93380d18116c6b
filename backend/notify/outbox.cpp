#include "notify/outbox.hpp"

#include <algorithm>
#include <array>

#include "core/json_fields.hpp"

namespace qd::notify {
namespace {

using core::Errc;
using core::Result;

// open: the alert fires as far as we know; such an entry is kept until its end has come.
constexpr std::array<std::string_view, 1> outbox_migrations = {R"(
CREATE TABLE entry(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  destination TEXT NOT NULL,
  alert TEXT NOT NULL,
  phase TEXT NOT NULL,
  subject TEXT NOT NULL,
  notice TEXT NOT NULL,
  open INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  deliveries INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  due_ms INTEGER,
  accepted_ms INTEGER,
  last_error TEXT NOT NULL DEFAULT '',
  UNIQUE(destination, alert, phase));
CREATE INDEX entry_due ON entry(destination, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX entry_subject ON entry(destination, subject, id) WHERE state IN ('queued', 'sending');
)"};

constexpr std::array<std::pair<EntryState, std::string_view>, 4> entry_state_names = {{
    {EntryState::queued, "queued"},
    {EntryState::sending, "sending"},
    {EntryState::sent, "sent"},
    {EntryState::failed, "failed"},
}};

// ?1 is now. Nobody waits for more than the two hours after the last word: what is due later was written
// before the clock was set back.
constexpr std::string_view select_due_entries =
    "SELECT id FROM entry AS e WHERE destination=?3 AND due_ms IS NOT NULL AND (due_ms<=?1 OR "
    "due_ms>?1+7200000) AND NOT EXISTS "
    "(SELECT 1 FROM entry AS f WHERE f.destination=e.destination AND f.subject=e.subject AND f.id<e.id "
    "AND f.state IN ('queued', 'sending')) ORDER BY due_ms, id LIMIT ?2";

constexpr std::string_view entry_columns =
    "id, destination, notice, state, attempts, deliveries, failures, created_ms, due_ms, accepted_ms, "
    "last_error";

constexpr std::string_view is_finished = "open=0 AND state IN ('sent', 'failed')";

std::optional<core::WallTime> time_of(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return core::WallTime(std::chrono::milliseconds(column.getInt64()));
}

Result<Entry> read_entry(SQLite::Statement& row) {
    Entry entry;
    entry.id = std::uint64_t(row.getColumn(0).getInt64());
    entry.destination = row.getColumn(1).getString();
    const auto stored = core::parse_json(row.getColumn(2).getString());
    auto notice = stored ? notice_from_json(*stored) : Result<Notice>(core::Failure(stored.error()));
    const auto state = parse_entry_state(row.getColumn(3).getString());
    if (!notice || !state)
        return core::fail(Errc::corrupt, "entry {} of the outbox: {}", entry.id,
                          notice ? "its state is unknown" : notice.error().message);
    entry.notice = std::move(*notice);
    entry.state = *state;
    entry.attempts = row.getColumn(4).getUInt();
    entry.deliveries = row.getColumn(5).getUInt();
    entry.failures = row.getColumn(6).getUInt();
    entry.created_at = time_of(row.getColumn(7)).value_or(core::WallTime{});
    entry.next_attempt_at = time_of(row.getColumn(8));
    entry.accepted_at = time_of(row.getColumn(9));
    entry.last_error = row.getColumn(10).getString();
    return entry;
}

/// Which entries must not overtake one another.
std::string subject_of(const Notice& notice) {
    return notice.slo + '\n' + notice.row;
}

}  // namespace

std::string_view to_string(EntryState state) {
    return entry_state_names[std::size_t(state)].second;
}

std::optional<EntryState> parse_entry_state(std::string_view text) {
    for (const auto& [state, name] : entry_state_names)
        if (name == text) return state;
    return std::nullopt;
}

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

Result<Outbox::Added> Outbox::add(const Notice& notice, const std::vector<std::string>& destinations) {
    if (auto fits = check(notice); !fits) return core::Failure(fits.error());
    const bool firing = notice.phase == Phase::firing;
    const std::string body = core::dump_json(to_json(notice));
    return database_->write("queueing an alert", [&](SQLite::Database& db) -> Result<Added> {
        Added added;
        SQLite::Statement insert(
            db,
            "INSERT INTO entry(destination, alert, phase, subject, notice, open, created_ms, due_ms) "
            "SELECT ?1,?2,?3,?4,?5,?6,?7,?7 WHERE ?6=1 OR EXISTS "
            "(SELECT 1 FROM entry WHERE destination=?1 AND alert=?2 AND phase='firing' AND state<>'failed') "
            // Told as firing after it was closed without an end: its destination had been gone and is back.
            "ON CONFLICT(destination, alert, phase) DO UPDATE SET open=1, state='queued', "
            "created_ms=excluded.created_ms, due_ms=excluded.due_ms "
            "WHERE open=0 AND excluded.phase='firing' AND NOT EXISTS (SELECT 1 FROM entry AS r "
            "WHERE r.destination=excluded.destination AND r.alert=excluded.alert AND r.phase='resolved')");
        SQLite::Statement close(
            db,
            "UPDATE entry SET open=0, due_ms=CASE state WHEN 'sent' THEN NULL ELSE due_ms END "
            "WHERE destination=? AND alert=? AND phase='firing'");
        for (const std::string& destination : destinations) {
            insert.bind(1, destination);
            insert.bind(2, notice.alert_id);
            insert.bind(3, std::string(to_string(notice.phase)));
            insert.bind(4, subject_of(notice));
            insert.bind(5, body);
            insert.bind(6, firing ? 1 : 0);
            insert.bind(7, now_ms());
            added.entries += std::size_t(insert.exec());
            insert.reset();
            if (firing) continue;
            close.bind(1, destination);
            close.bind(2, notice.alert_id);
            close.exec();
            close.reset();
        }
        if (added.entries > 0) added.dropped = make_room(db);
        return added;
    });
}

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
        update.exec();
        return {};
    });
}

Result<> Outbox::accepted(const Entry& entry, std::optional<std::chrono::milliseconds> resend) {
    std::optional<std::int64_t> due;
    if (resend && entry.notice.phase == Phase::firing) due = now_ms() + resend->count();
    return finish("noting a delivery", entry,
                  "state='sent', deliveries=deliveries+1, failures=0, due_ms=CASE open WHEN 1 THEN ?2 END",
                  {}, due);
}

Result<> Outbox::refused(const Entry& entry, std::string_view error) {
    return finish("noting a refusal", entry, "state='failed', failures=failures+1, due_ms=?2",
                  error.empty() ? "refused" : error, std::nullopt);
}

Result<> Outbox::retry(const Entry& entry, std::string_view error, std::chrono::milliseconds delay) {
    // What was accepted before stays sent; it waits to be sent again unless its end has come meanwhile.
    return finish("putting an entry back", entry,
                  "state=CASE WHEN deliveries>0 THEN 'sent' ELSE 'queued' END, failures=failures+1, "
                  "due_ms=CASE WHEN deliveries>0 AND open=0 THEN NULL ELSE ?2 END",
                  error.empty() ? "not accepted" : error, now_ms() + delay.count());
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
            "WHERE open=1 AND alert NOT IN (SELECT name FROM known WHERE kind='alert')");
        db.exec(
            "UPDATE entry SET open=0, due_ms=NULL, last_error=CASE state WHEN 'sent' THEN last_error ELSE "
            "'the destination is no longer configured' END, state=CASE state WHEN 'sent' THEN 'sent' ELSE "
            "'failed' "
            "END WHERE (open=1 OR due_ms IS NOT NULL) AND destination NOT IN "
            "(SELECT name FROM known WHERE kind='destination')");
        return {};
    });
}

Result<> Outbox::tidy() {
    return database_->write("tidying the outbox", [&](SQLite::Database& db) -> Result<> {
        SQLite::Statement give_up(
            db,
            "UPDATE entry SET state='failed', due_ms=NULL, last_error='given up after ' || attempts || "
            "' attempts: ' || last_error WHERE state='queued' AND created_ms<?");
        give_up.bind(1, now_ms() - std::int64_t(limits_.give_up_after.count()));
        give_up.exec();
        SQLite::Statement forget(db, fmt::format("DELETE FROM entry WHERE {} AND created_ms<?", is_finished));
        forget.bind(1, now_ms() - std::int64_t(limits_.keep_finished.count()));
        forget.exec();
        return {};
    });
}

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

}  // namespace qd::notify
