#include "opsd/intake_file.hpp"

#include <array>

#include "core/json_fields.hpp"
#include "silences/codec.hpp"

namespace qd::opsd {
namespace {

constexpr std::array<std::string_view, 1> intake_migrations{R"(
    CREATE TABLE alerts (id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, ended INTEGER NOT NULL, body TEXT NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, kind TEXT NOT NULL,
        subject TEXT NOT NULL, service TEXT NOT NULL, text TEXT NOT NULL, actor TEXT NOT NULL);
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)"};

}  // namespace

core::Result<std::unique_ptr<IntakeFile>> IntakeFile::open(const std::filesystem::path& file) {
    auto database = storage::Database::open(file, intake_migrations);
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<IntakeFile>(new IntakeFile(std::move(*database)));
}

core::Result<std::vector<silences::Alert>> IntakeFile::alerts() {
    using Alerts = core::Result<std::vector<silences::Alert>>;
    return database_->read("reading the alerts of others", [](SQLite::Database& db) -> Alerts {
        std::vector<silences::Alert> alerts;
        SQLite::Statement rows(db, "SELECT body FROM alerts ORDER BY started_at, id");
        while (rows.executeStep()) {
            const auto body = core::parse_json(rows.getColumn(0).getString());
            auto alert = body ? silences::alert_from_json(*body)
                              : core::Result<silences::Alert>(core::Failure(body.error()));
            if (!alert) return core::fail(core::Errc::corrupt, "a stored alert: {}", alert.error().message);
            alerts.push_back(std::move(*alert));
        }
        return alerts;
    });
}

core::Result<> IntakeFile::save(const std::vector<silences::Alert>& alerts) {
    if (alerts.empty()) return {};
    return database_->write("saving the alerts of others", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(
            db, "INSERT OR REPLACE INTO alerts (id, started_at, ended, body) VALUES (?, ?, ?, ?)");
        for (const silences::Alert& alert : alerts) {
            insert.bind(1, alert.id);
            insert.bind(2, std::int64_t(alert.started_at.time_since_epoch().count()));
            insert.bind(3, alert.firing() ? 0 : 1);
            insert.bind(4, core::dump_json(silences::to_json(alert)));
            insert.exec();
            insert.reset();
        }
        db.exec(
            "DELETE FROM alerts WHERE ended = 1 AND id NOT IN "
            "(SELECT id FROM alerts WHERE ended = 1 ORDER BY started_at DESC LIMIT 500)");
        return {};
    });
}

core::Result<std::vector<SiteChange>> IntakeFile::changes(std::size_t limit, std::int64_t before) {
    using Changes = core::Result<std::vector<SiteChange>>;
    return database_->read("reading changes", [&](SQLite::Database& db) -> Changes {
        std::vector<SiteChange> changes;
        SQLite::Statement rows(db,
                               "SELECT seq, at, kind, subject, service, text, actor FROM changes "
                               "WHERE ?1 = 0 OR seq < ?1 ORDER BY seq DESC LIMIT ?2");
        rows.bind(1, before);
        rows.bind(2, std::int64_t(limit));
        while (rows.executeStep()) {
            const auto kind = incidents::parse_event_kind(rows.getColumn(2).getString());
            if (!kind) return core::fail(core::Errc::corrupt, "a stored change is of no known kind");
            changes.push_back({rows.getColumn(0).getInt64(), *kind, rows.getColumn(3).getString(),
                               rows.getColumn(4).getString(), rows.getColumn(5).getString(),
                               rows.getColumn(6).getString(),
                               core::WallTime(std::chrono::milliseconds(rows.getColumn(1).getInt64()))});
        }
        return changes;
    });
}

core::Result<SiteChange> IntakeFile::add(SiteChange change) {
    return database_->write("saving a change", [&](SQLite::Database& db) -> core::Result<SiteChange> {
        SQLite::Statement insert(
            db, "INSERT INTO changes (at, kind, subject, service, text, actor) VALUES (?, ?, ?, ?, ?, ?)");
        insert.bind(1, std::int64_t(change.at.time_since_epoch().count()));
        insert.bind(2, std::string(incidents::to_string(change.kind)));
        insert.bind(3, change.subject);
        insert.bind(4, change.service);
        insert.bind(5, change.text);
        insert.bind(6, change.actor);
        insert.exec();
        change.seq = db.getLastInsertRowid();
        SQLite::Statement forget(db, "DELETE FROM changes WHERE seq <= ?");
        forget.bind(1, change.seq - 10'000);
        forget.exec();
        return change;
    });
}

core::Result<std::optional<std::string>> IntakeFile::fact(const std::string& name) {
    using Fact = core::Result<std::optional<std::string>>;
    return database_->read("reading what was seen", [&](SQLite::Database& db) -> Fact {
        SQLite::Statement row(db, "SELECT value FROM facts WHERE name = ?");
        row.bind(1, name);
        if (!row.executeStep()) return std::nullopt;
        return row.getColumn(0).getString();
    });
}

core::Result<> IntakeFile::remember(const std::string& name, const std::string& value) {
    return database_->write("saving what was seen", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(db, "INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)");
        insert.bind(1, name);
        insert.bind(2, value);
        insert.exec();
        return {};
    });
}

}  // namespace qd::opsd
