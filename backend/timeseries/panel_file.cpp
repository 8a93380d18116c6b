#include "timeseries/panel_file.hpp"

#include <array>
#include <cstring>
#include <string_view>

namespace qd::timeseries {
namespace {

constexpr std::array<std::string_view, 1> panel_migrations{R"(
    CREATE TABLE lines (id INTEGER PRIMARY KEY, input TEXT NOT NULL, split TEXT NOT NULL, UNIQUE (input, split));
    CREATE TABLE minutes (
        line INTEGER NOT NULL, at INTEGER NOT NULL, sum REAL NOT NULL, covered_s REAL NOT NULL,
        low REAL NOT NULL, high REAL NOT NULL, bounds BLOB NOT NULL,
        PRIMARY KEY (line, at)
    ) WITHOUT ROWID;
)"};

constexpr std::size_t bound_bytes = sizeof(double) + sizeof(float);

std::string packed(const std::vector<std::pair<double, float>>& bounds) {
    std::string bytes(bounds.size() * bound_bytes, '\0');
    char* at = bytes.data();
    for (const auto& [le, count] : bounds) {
        std::memcpy(at, &le, sizeof le);
        std::memcpy(at + sizeof le, &count, sizeof count);
        at += bound_bytes;
    }
    return bytes;
}

std::vector<std::pair<double, float>> unpacked(std::string_view bytes) {
    std::vector<std::pair<double, float>> bounds(bytes.size() / bound_bytes);
    const char* at = bytes.data();
    for (auto& [le, count] : bounds) {
        std::memcpy(&le, at, sizeof le);
        std::memcpy(&count, at + sizeof le, sizeof count);
        at += bound_bytes;
    }
    return bounds;
}

}  // namespace

core::Result<std::unique_ptr<PanelFile>> PanelFile::open(const std::filesystem::path& file) {
    auto database = storage::Database::open(file, panel_migrations, {.durable = false});
    if (!database) return core::Failure(database.error());
    return std::unique_ptr<PanelFile>(new PanelFile(std::move(*database)));
}

core::Result<std::vector<PanelMinutes>> PanelFile::load(const std::vector<std::string>& inputs,
                                                        std::int64_t first_minute) {
    return database_->read(
        "reading panels", [&](SQLite::Database& db) -> core::Result<std::vector<PanelMinutes>> {
            std::vector<PanelMinutes> lines;
            SQLite::Statement known(db, "SELECT id, split FROM lines WHERE input = ? ORDER BY id");
            SQLite::Statement rows(db,
                                   "SELECT at, sum, covered_s, low, high, bounds FROM minutes WHERE line = ? "
                                   "AND at >= ? ORDER BY at");
            for (const std::string& input : inputs) {
                known.bind(1, input);
                while (known.executeStep()) {
                    PanelMinutes line{{input, known.getColumn(1).getString()}, {}};
                    rows.bind(1, known.getColumn(0).getInt64());
                    rows.bind(2, first_minute);
                    while (rows.executeStep()) {
                        const auto value = [&](int column) {
                            return float(rows.getColumn(column).getDouble());
                        };
                        line.minutes.push_back({rows.getColumn(0).getInt64(), value(1), value(2), value(3),
                                                value(4), unpacked(rows.getColumn(5).getString())});
                    }
                    rows.reset();
                    lines.push_back(std::move(line));
                }
                known.reset();
            }
            return lines;
        });
}

core::Result<> PanelFile::save(const std::vector<PanelMinutes>& lines) {
    return database_->write("saving panels", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement make(db, "INSERT OR IGNORE INTO lines (input, split) VALUES (?, ?)");
        SQLite::Statement find(db, "SELECT id FROM lines WHERE input = ? AND split = ?");
        SQLite::Statement insert(
            db,
            "INSERT OR REPLACE INTO minutes (line, at, sum, covered_s, low, high, bounds) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)");
        for (const PanelMinutes& line : lines) {
            for (SQLite::Statement* statement : {&make, &find}) {
                statement->bind(1, line.line.input);
                statement->bind(2, line.line.split);
            }
            make.exec();
            make.reset();
            if (!find.executeStep()) return core::fail(core::Errc::corrupt, "a line has no number");
            const std::int64_t id = find.getColumn(0).getInt64();
            find.reset();
            for (const PanelMinute& minute : line.minutes) {
                const std::string bounds = packed(minute.bounds);
                insert.bind(1, id);
                insert.bind(2, minute.minute);
                insert.bind(3, double(minute.sum));
                insert.bind(4, double(minute.covered_s));
                insert.bind(5, double(minute.low));
                insert.bind(6, double(minute.high));
                insert.bind(7, bounds.data(), int(bounds.size()));
                insert.exec();
                insert.reset();
            }
        }
        return {};
    });
}

core::Result<> PanelFile::trim(std::int64_t first_minute) {
    return database_->write("trimming panels", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement old(db, "DELETE FROM minutes WHERE at < ?");
        old.bind(1, first_minute);
        old.exec();
        db.exec("DELETE FROM lines WHERE NOT EXISTS (SELECT 1 FROM minutes WHERE line = lines.id)");
        return {};
    });
}

}  // namespace qd::timeseries
