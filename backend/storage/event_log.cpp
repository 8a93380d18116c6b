#include "storage/event_log.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "storage/database.hpp"

namespace qd::storage {
namespace {

using core::Errc;
using core::Result;

const std::string no_hash(64, '0');
constexpr std::size_t page_rows = 1'000;

constexpr std::array<std::string_view, 1> migrations = {R"(
CREATE TABLE event(
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body BLOB NOT NULL,
  prev_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  UNIQUE(stream, seq));
CREATE TRIGGER event_is_never_rewritten BEFORE UPDATE ON event
  BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER event_is_never_removed BEFORE DELETE ON event
  BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
)"};

constexpr const char* columns = "position, stream, seq, at_ms, kind, body, prev_hash, hash";

LoggedEvent row(SQLite::Statement& statement) {
    LoggedEvent event;
    event.position = std::uint64_t(statement.getColumn(0).getInt64());
    event.stream = statement.getColumn(1).getString();
    event.seq = std::uint64_t(statement.getColumn(2).getInt64());
    event.at = core::WallTime(std::chrono::milliseconds(statement.getColumn(3).getInt64()));
    event.kind = statement.getColumn(4).getString();
    event.body = statement.getColumn(5).getString();
    event.prev_hash = statement.getColumn(6).getString();
    event.hash = statement.getColumn(7).getString();
    return event;
}

std::int64_t capped(std::size_t limit) {
    return std::int64_t(std::min<std::size_t>(limit, 10'000));
}

Result<> check(std::string_view stream, const std::vector<NewEvent>& events) {
    if (stream.empty()) return core::fail(Errc::invalid_argument, "an event needs a stream");
    if (stream.size() > max_stream_name_bytes)
        return core::fail(Errc::too_large, "a stream's name has at most {} bytes", max_stream_name_bytes);
    if (events.empty()) return core::fail(Errc::invalid_argument, "there is nothing to append");
    if (events.size() > 1'000) return core::fail(Errc::too_large, "at most 1000 events are appended at once");
    for (const NewEvent& event : events) {
        if (event.kind.empty()) return core::fail(Errc::invalid_argument, "an event needs a kind");
        if (event.kind.size() > max_event_kind_bytes)
            return core::fail(Errc::too_large, "an event's kind has at most {} bytes", max_event_kind_bytes);
        if (event.body.size() > max_event_body_bytes)
            return core::fail(Errc::too_large, "an event's body has at most {} bytes", max_event_body_bytes);
    }
    return {};
}

class SqliteEventLog final : public EventLog {
public:
    SqliteEventLog(std::unique_ptr<Database> database, const core::Clock& clock)
        : database_(std::move(database)), clock_(clock) {}

    Result<std::vector<LoggedEvent>> append(std::string_view stream, std::vector<NewEvent> events,
                                            std::optional<std::uint64_t> expected_last_seq) override {
        if (auto checked = check(stream, events); !checked) return core::Failure(checked.error());
        return database_->write(
            "appending an event", [&](SQLite::Database& db) -> Result<std::vector<LoggedEvent>> {
                LoggedEvent next;
                next.stream = std::string(stream);
                next.hash = no_hash;
                SQLite::Statement last(
                    db, "SELECT seq, hash FROM event WHERE stream=? ORDER BY seq DESC LIMIT 1");
                last.bind(1, next.stream);
                if (last.executeStep()) {
                    next.seq = std::uint64_t(last.getColumn(0).getInt64());
                    next.hash = last.getColumn(1).getString();
                }
                if (expected_last_seq && *expected_last_seq != next.seq)
                    return core::fail(Errc::conflict,
                                      "the log of {} has gone on: its last entry is {}, not {}", stream,
                                      next.seq, *expected_last_seq);
                next.at = clock_.now();
                std::vector<LoggedEvent> written;
                written.reserve(events.size());
                SQLite::Statement insert(db,
                                         "INSERT INTO event(stream, seq, at_ms, kind, body, prev_hash, hash) "
                                         "VALUES(?,?,?,?,?,?,?)");
                for (NewEvent& event : events) {
                    ++next.seq;
                    next.kind = std::move(event.kind);
                    next.body = std::move(event.body);
                    next.prev_hash = std::move(next.hash);
                    next.hash = event_hash(next);
                    insert.reset();
                    insert.bind(1, next.stream);
                    insert.bind(2, std::int64_t(next.seq));
                    insert.bind(3, std::int64_t(next.at.time_since_epoch().count()));
                    insert.bind(4, next.kind);
                    insert.bind(5, next.body.data(), int(next.body.size()));
                    insert.bind(6, next.prev_hash);
                    insert.bind(7, next.hash);
                    insert.exec();
                    next.position = std::uint64_t(db.getLastInsertRowid());
                    written.push_back(next);
                }
                return written;
            });
    }

    Result<std::vector<LoggedEvent>> read(std::string_view stream, std::uint64_t from_seq,
                                          std::size_t limit) const override {
        return select(
            fmt::format("SELECT {} FROM event WHERE stream=?1 AND seq>=?2 ORDER BY seq LIMIT ?3", columns),
            stream, from_seq, limit);
    }

    Result<std::vector<LoggedEvent>> read_all(std::uint64_t after_position,
                                              std::size_t limit) const override {
        return select(
            fmt::format("SELECT {} FROM event WHERE ?1='' AND position>?2 ORDER BY position LIMIT ?3",
                        columns),
            {}, after_position, limit);
    }

    Result<std::uint64_t> last_seq(std::string_view stream) const override {
        return database_->read("reading the log", [&](SQLite::Database& db) -> Result<std::uint64_t> {
            SQLite::Statement query(db, "SELECT coalesce(max(seq), 0) FROM event WHERE stream=?");
            query.bind(1, std::string(stream));
            query.executeStep();
            return std::uint64_t(query.getColumn(0).getInt64());
        });
    }

    Result<std::vector<std::string>> streams(std::string_view prefix, std::size_t limit,
                                             std::string_view after) const override {
        return database_->read(
            "listing the streams", [&](SQLite::Database& db) -> Result<std::vector<std::string>> {
                SQLite::Statement query(
                    db,
                    "SELECT stream FROM event WHERE seq=1 AND substr(stream, 1, length(?1))=?1 AND "
                    "position>coalesce((SELECT position FROM event WHERE stream=?2 AND seq=1), 0) "
                    "ORDER BY position LIMIT ?3");
                query.bind(1, std::string(prefix));
                query.bind(2, std::string(after));
                query.bind(3, capped(limit));
                std::vector<std::string> names;
                while (query.executeStep()) names.push_back(query.getColumn(0).getString());
                return names;
            });
    }

    Result<> verify(std::string_view stream) const override {
        std::string expected_hash = no_hash;
        std::uint64_t expected_seq = 1;
        for (;;) {
            const auto rows = read(stream, expected_seq, 1'000);
            if (!rows) return core::Failure(rows.error());
            for (const LoggedEvent& event : *rows) {
                if (event.seq != expected_seq)
                    return core::fail(Errc::corrupt, "the log of {} lacks entry {}", stream, expected_seq);
                if (event.prev_hash != expected_hash || event.hash != event_hash(event))
                    return core::fail(Errc::corrupt, "entry {} of the log of {} was altered", event.seq,
                                      stream);
                expected_hash = event.hash;
                ++expected_seq;
            }
            if (rows->empty()) return {};
        }
    }

private:
    Result<std::vector<LoggedEvent>> select(const std::string& sql, std::string_view stream,
                                            std::uint64_t from, std::size_t limit) const {
        return database_->read("reading the log",
                               [&](SQLite::Database& db) -> Result<std::vector<LoggedEvent>> {
                                   SQLite::Statement query(db, sql);
                                   query.bind(1, std::string(stream));
                                   query.bind(2, std::int64_t(std::min<std::uint64_t>(from, INT64_MAX)));
                                   query.bind(3, capped(limit));
                                   std::vector<LoggedEvent> rows;
                                   while (query.executeStep()) rows.push_back(row(query));
                                   return rows;
                               });
    }

    std::unique_ptr<Database> database_;
    const core::Clock& clock_;
};

}  // namespace

std::string event_hash(const LoggedEvent& event) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    const auto number = [&](std::uint64_t value) {
        unsigned char bytes[8];
        for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
        crypto_hash_sha256_update(&state, bytes, sizeof bytes);
    };
    const auto text = [&](std::string_view value) {
        number(value.size());
        crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(value.data()), value.size());
    };
    text(event.prev_hash);
    text(event.stream);
    number(event.seq);
    number(std::uint64_t(event.at.time_since_epoch().count()));
    text(event.kind);
    text(event.body);
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(&state, digest);
    std::string hex(2 * sizeof digest + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), digest, sizeof digest);
    hex.pop_back();
    return hex;
}

core::Result<std::vector<LoggedEvent>> read_whole(const EventLog& log, std::string_view stream) {
    std::vector<LoggedEvent> rows;
    for (;;) {
        auto more = log.read(stream, rows.size() + 1, page_rows);
        if (!more) return more;
        const bool last = more->size() < page_rows;
        std::move(more->begin(), more->end(), std::back_inserter(rows));
        if (last) return rows;
    }
}

core::Result<std::vector<std::string>> all_streams(const EventLog& log, std::string_view prefix) {
    std::vector<std::string> names;
    for (;;) {
        auto more = log.streams(prefix, page_rows, names.empty() ? std::string() : names.back());
        if (!more) return more;
        const bool last = more->size() < page_rows;
        std::move(more->begin(), more->end(), std::back_inserter(names));
        if (last) return names;
    }
}

core::Result<std::unique_ptr<EventLog>> open_event_log(const std::filesystem::path& file,
                                                       const core::Clock& clock) {
    auto database = Database::open(file, migrations);
    if (!database) return core::Failure(database.error());
    return std::make_unique<SqliteEventLog>(std::move(*database), clock);
}

}  // namespace qd::storage
