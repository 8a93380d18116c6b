#include "opsd/state_file.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "slo/codec.hpp"

namespace qd::opsd {
namespace {

constexpr std::array<std::string_view, 2> migrations{R"(
    CREATE TABLE alerts (id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, ended INTEGER NOT NULL, body TEXT NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE answers (key TEXT PRIMARY KEY, at INTEGER NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL,
        content_type TEXT NOT NULL, etag TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX answers_by_age ON answers (at);
)",
                                                     R"(
    CREATE TABLE exclusions (id TEXT PRIMARY KEY, begins INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
)"};

constexpr std::int64_t day_ms = 86'400'000;
constexpr int busy_ms = 5'000;

core::Result<std::vector<slo::Exclusion>> select_exclusions(SQLite::Database& db) {
    std::vector<slo::Exclusion> exclusions;
    SQLite::Statement rows(db, "SELECT body FROM exclusions ORDER BY begins, id");
    while (rows.executeStep()) {
        const auto body = nlohmann::json::parse(rows.getColumn(0).getString(), nullptr, false);
        auto exclusion = slo::exclusion_from_json(body);
        if (!exclusion)
            return core::fail(core::Errc::corrupt, "a stored exclusion: {}", exclusion.error().message);
        exclusions.push_back(std::move(*exclusion));
    }
    return exclusions;
}

}  // namespace

core::Result<std::unique_ptr<StateFile>> StateFile::open(const std::filesystem::path& file) {
    auto database = storage::Database::open(file, migrations, {});
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<StateFile>(new StateFile(std::move(*database)));
}

core::Result<std::vector<slo::Alert>> StateFile::alerts() {
    return database_->read(
        "reading alerts", [](SQLite::Database& db) -> core::Result<std::vector<slo::Alert>> {
            std::vector<slo::Alert> alerts;
            SQLite::Statement rows(db, "SELECT body FROM alerts ORDER BY started_at");
            while (rows.executeStep()) {
                const auto body = nlohmann::json::parse(rows.getColumn(0).getString(), nullptr, false);
                auto alert = slo::alert_from_json(body);
                if (!alert)
                    return core::fail(core::Errc::corrupt, "a stored alert: {}", alert.error().message);
                alerts.push_back(std::move(*alert));
            }
            return alerts;
        });
}

core::Result<> StateFile::save(const std::vector<slo::Alert>& alerts) {
    return database_->write("saving alerts", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(
            db, "INSERT OR REPLACE INTO alerts (id, started_at, ended, body) VALUES (?, ?, ?, ?)");
        for (const slo::Alert& alert : alerts) {
            insert.bind(1, alert.id.value);
            insert.bind(2, std::int64_t(alert.started_at.time_since_epoch().count()));
            insert.bind(3, alert.state == slo::AlertState::ended ? 1 : 0);
            insert.bind(4,
                        slo::to_json(alert).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
            insert.exec();
            insert.reset();
        }
        db.exec(
            "DELETE FROM alerts WHERE ended = 1 AND id NOT IN "
            "(SELECT id FROM alerts WHERE ended = 1 ORDER BY started_at DESC LIMIT 500)");
        return {};
    });
}

core::Result<std::vector<slo::Exclusion>> StateFile::exclusions() {
    return database_->read("reading exclusions", select_exclusions);
}

core::Result<std::vector<slo::Exclusion>> StateFile::read_exclusions(const std::filesystem::path& file) {
    std::error_code missing;
    if (!std::filesystem::exists(file, missing)) return std::vector<slo::Exclusion>();
    try {
        SQLite::Database db(file.string(), SQLite::OPEN_READONLY, busy_ms);
        return select_exclusions(db);
    } catch (const std::exception& error) {
        return core::fail(core::Errc::io, "reading exclusions in {}: {}", file.string(), error.what());
    }
}

core::Result<> StateFile::save(const slo::Exclusion& exclusion) {
    return database_->write("saving an exclusion", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(db, "INSERT OR REPLACE INTO exclusions (id, begins, body) VALUES (?, ?, ?)");
        insert.bind(1, exclusion.id.value);
        insert.bind(2, std::int64_t(exclusion.from.time_since_epoch().count()));
        insert.bind(3,
                    slo::to_json(exclusion).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        insert.exec();
        return {};
    });
}

core::Result<> StateFile::remove(const slo::ExclusionId& exclusion) {
    return database_->write("removing an exclusion", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement forget(db, "DELETE FROM exclusions WHERE id = ?");
        forget.bind(1, exclusion.value);
        forget.exec();
        return {};
    });
}

core::Result<std::optional<RememberedAnswer>> StateFile::answer(const std::string& key) {
    using Found = core::Result<std::optional<RememberedAnswer>>;
    return database_->read("looking up an answer", [&](SQLite::Database& db) -> Found {
        SQLite::Statement row(db,
                              "SELECT digest, status, content_type, etag, body FROM answers WHERE key = ?");
        row.bind(1, key);
        if (!row.executeStep()) return std::nullopt;
        return RememberedAnswer{row.getColumn(0).getString(), row.getColumn(1).getUInt(),
                                row.getColumn(2).getString(), row.getColumn(3).getString(),
                                row.getColumn(4).getString()};
    });
}

core::Result<> StateFile::remember(const std::string& key, const RememberedAnswer& answer,
                                   core::WallTime at) {
    return database_->write("remembering an answer", [&](SQLite::Database& db) -> core::Result<> {
        const std::int64_t now = at.time_since_epoch().count();
        SQLite::Statement insert(
            db,
            "INSERT OR REPLACE INTO answers (key, at, digest, status, content_type, etag, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)");
        insert.bind(1, key);
        insert.bind(2, now);
        insert.bind(3, answer.request_digest);
        insert.bind(4, answer.status);
        insert.bind(5, answer.content_type);
        insert.bind(6, answer.etag);
        insert.bind(7, answer.body.data(), int(answer.body.size()));
        insert.exec();
        SQLite::Statement forget(db, "DELETE FROM answers WHERE at < ?");
        forget.bind(1, now - day_ms);
        forget.exec();
        db.exec(
            "DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY at DESC LIMIT -1 OFFSET "
            "10000)");
        return {};
    });
}

}  // namespace qd::opsd
