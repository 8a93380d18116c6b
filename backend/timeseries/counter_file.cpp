#include "timeseries/counter_file.hpp"

#include <array>
#include <string_view>

namespace qd::timeseries {
namespace {

constexpr std::array<std::string_view, 3> migrations{R"(
    CREATE TABLE definitions (slo TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE cells (
        slo TEXT NOT NULL, tier INTEGER NOT NULL, at INTEGER NOT NULL,
        good INTEGER NOT NULL, total INTEGER NOT NULL, covered_s INTEGER NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
        PRIMARY KEY (slo, tier, at)
    ) WITHOUT ROWID;
)",
                                                     R"(
    CREATE TABLE groups (
        slo TEXT NOT NULL, place INTEGER NOT NULL, parent TEXT NOT NULL, definition TEXT NOT NULL,
        label TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (slo, place)
    ) WITHOUT ROWID;
)",
                                                     R"(
    CREATE TABLE targets (instance TEXT PRIMARY KEY, url TEXT NOT NULL, at_ms INTEGER NOT NULL, text TEXT NOT NULL);
)"};

}  // namespace

int counter_file_version() {
    return int(migrations.size());
}

core::Result<std::unique_ptr<CounterFile>> CounterFile::open(const std::filesystem::path& file) {
    auto database = storage::Database::open(file, migrations, {.durable = false});
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<CounterFile>(new CounterFile(std::move(*database)));
}

core::Result<std::vector<SavedCell>> CounterFile::load(const std::string& slo,
                                                       const std::string& definition) {
    return database_->write(
        "reading counters", [&](SQLite::Database& db) -> core::Result<std::vector<SavedCell>> {
            SQLite::Statement known(db, "SELECT text FROM definitions WHERE slo = ?");
            known.bind(1, slo);
            const bool same = known.executeStep() && known.getColumn(0).getString() == definition;
            std::vector<SavedCell> cells;
            if (same) {
                SQLite::Statement rows(
                    db, "SELECT tier, at, good, total, covered_s, min, max FROM cells WHERE slo = ?");
                rows.bind(1, slo);
                while (rows.executeStep()) {
                    const std::int64_t tier = rows.getColumn(0).getInt64();
                    if (tier < 0 || tier > std::int64_t(kept_minutes_tier)) continue;
                    Cell cell;
                    cell.counts = {std::uint64_t(rows.getColumn(2).getInt64()),
                                   std::uint64_t(rows.getColumn(3).getInt64())};
                    cell.covered_s = rows.getColumn(4).getUInt();
                    cell.min = float(rows.getColumn(5).getDouble());
                    cell.max = float(rows.getColumn(6).getDouble());
                    cells.push_back({std::size_t(tier), rows.getColumn(1).getInt64(), cell});
                }
                return cells;
            }
            SQLite::Statement forget(db, "DELETE FROM cells WHERE slo = ?");
            forget.bind(1, slo);
            forget.exec();
            SQLite::Statement define(db, "INSERT OR REPLACE INTO definitions (slo, text) VALUES (?, ?)");
            define.bind(1, slo);
            define.bind(2, definition);
            define.exec();
            return cells;
        });
}

core::Result<std::vector<SavedGroup>> CounterFile::groups() {
    using Found = core::Result<std::vector<SavedGroup>>;
    return database_->read("reading groups", [](SQLite::Database& db) -> Found {
        std::vector<SavedGroup> groups;
        SQLite::Statement rows(
            db, "SELECT slo, parent, definition, label, value FROM groups ORDER BY slo, place");
        while (rows.executeStep()) {
            const std::string id = rows.getColumn(0).getString();
            if (groups.empty() || groups.back().id != id)
                groups.push_back({id, rows.getColumn(1).getString(), rows.getColumn(2).getString(), {}});
            groups.back().labels.emplace_back(rows.getColumn(3).getString(), rows.getColumn(4).getString());
        }
        return groups;
    });
}

core::Result<> CounterFile::save(const SavedGroup& group) {
    return database_->write("saving a group", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(
            db,
            "INSERT OR REPLACE INTO groups (slo, place, parent, definition, label, value) "
            "VALUES (?, ?, ?, ?, ?, ?)");
        for (std::size_t place = 0; place < group.labels.size(); ++place) {
            insert.bind(1, group.id);
            insert.bind(2, std::int64_t(place));
            insert.bind(3, group.parent);
            insert.bind(4, group.definition);
            insert.bind(5, group.labels[place].first);
            insert.bind(6, group.labels[place].second);
            insert.exec();
            insert.reset();
        }
        return {};
    });
}

core::Result<> CounterFile::forget(const SavedGroup& group) {
    return database_->write("forgetting a group", [&](SQLite::Database& db) -> core::Result<> {
        for (const char* text : {"DELETE FROM groups WHERE slo = ?", "DELETE FROM definitions WHERE slo = ?",
                                 "DELETE FROM cells WHERE slo = ?"}) {
            SQLite::Statement forget(db, text);
            forget.bind(1, group.id);
            forget.exec();
        }
        return {};
    });
}

core::Result<std::vector<CounterFile::SavedTarget>> CounterFile::load_targets() {
    return database_->write(
        "reading targets", [&](SQLite::Database& db) -> core::Result<std::vector<SavedTarget>> {
            SQLite::Statement rows(db, "SELECT instance, url, at_ms, text FROM targets");
            std::vector<SavedTarget> targets;
            while (rows.executeStep())
                targets.push_back({rows.getColumn(0).getString(),
                                   rows.getColumn(1).getString(),
                                   {core::WallTime(std::chrono::milliseconds(rows.getColumn(2).getInt64())),
                                    rows.getColumn(3).getString()}});
            return targets;
        });
}

core::Result<> CounterFile::save(const std::vector<Batch>& batches, const std::vector<SavedTarget>& targets) {
    return database_->write("saving counters", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement insert(
            db,
            "INSERT OR REPLACE INTO cells (slo, tier, at, good, total, covered_s, min, max) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        for (const Batch& batch : batches)
            for (const SavedCell& saved : batch.cells) {
                insert.bind(1, batch.slo);
                insert.bind(2, std::int64_t(saved.tier));
                insert.bind(3, saved.index);
                insert.bind(4, std::int64_t(saved.cell.counts.good));
                insert.bind(5, std::int64_t(saved.cell.counts.total));
                insert.bind(6, std::int64_t(saved.cell.covered_s));
                insert.bind(7, double(saved.cell.min));
                insert.bind(8, double(saved.cell.max));
                insert.exec();
                insert.reset();
            }
        db.exec("DELETE FROM targets");
        SQLite::Statement target(
            db, "INSERT OR REPLACE INTO targets (instance, url, at_ms, text) VALUES (?, ?, ?, ?)");
        for (const SavedTarget& saved : targets) {
            target.bind(1, saved.instance);
            target.bind(2, saved.url);
            target.bind(3, std::int64_t(saved.baseline.at.time_since_epoch().count()));
            target.bind(4, saved.baseline.text);
            target.exec();
            target.reset();
        }
        return {};
    });
}

core::Result<> CounterFile::trim(std::int64_t now_s) {
    return database_->write("trimming counters", [&](SQLite::Database& db) -> core::Result<> {
        const auto forget_before = [&](std::size_t tier, std::int64_t index) {
            SQLite::Statement forget(db, "DELETE FROM cells WHERE tier = ? AND at < ?");
            forget.bind(1, std::int64_t(tier));
            forget.bind(2, index);
            forget.exec();
        };
        for (std::size_t tier = 0; tier < tiers.size(); ++tier)
            forget_before(tier, now_s / tiers[tier].step_s - tiers[tier].kept);
        forget_before(kept_minutes_tier, now_s / 60 - tiers.back().kept * 60);
        return {};
    });
}

}  // namespace qd::timeseries
