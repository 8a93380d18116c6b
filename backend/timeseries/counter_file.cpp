#include "timeseries/counter_file.hpp"

#include <array>
#include <string_view>

namespace qd::timeseries {
namespace {

constexpr std::array<std::string_view, 1> migrations{R"(
    CREATE TABLE definitions (slo TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE cells (
        slo TEXT NOT NULL, tier INTEGER NOT NULL, at INTEGER NOT NULL,
        good INTEGER NOT NULL, total INTEGER NOT NULL, covered_s INTEGER NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
        PRIMARY KEY (slo, tier, at)
    ) WITHOUT ROWID;
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

core::Result<> CounterFile::save(const std::vector<Batch>& batches) {
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
