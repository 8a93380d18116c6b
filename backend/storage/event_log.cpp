#include "storage/event_log.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "storage/chain_heads.hpp"
#include "storage/database.hpp"

namespace qd::storage {
namespace {

using core::Errc;
using core::Result;

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
constexpr const char* columns_without_chain = "position, stream, seq, at_ms, kind, body";

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

/// A select whose columns are looked at where they lie; SQLiteCpp's counts references and copies.
class Rows {
public:
    Rows(SQLite::Database& db, const std::string& sql) {
        const int code =
            sqlite3_prepare_v2(db.getHandle(), sql.data(), int(sql.size()), &statement_, nullptr);
        if (code != SQLITE_OK) throw SQLite::Exception(db.getHandle(), code);
    }
    ~Rows() { sqlite3_finalize(statement_); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    void bind(std::string_view text) {
        sqlite3_bind_text(statement_, 1, text.data(), int(text.size()), SQLITE_TRANSIENT);
    }
    void bind(std::uint64_t number) {
        sqlite3_bind_int64(statement_, 1, std::int64_t(std::min<std::uint64_t>(number, INT64_MAX)));
    }
    bool next(SQLite::Database& db) {
        const int code = sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) throw SQLite::Exception(db.getHandle(), code);
        return code == SQLITE_ROW;
    }
    RowView view(Chain chain) const {
        RowView row;
        row.position = std::uint64_t(sqlite3_column_int64(statement_, 0));
        row.stream = bytes(1);
        row.seq = std::uint64_t(sqlite3_column_int64(statement_, 2));
        row.at = core::WallTime(std::chrono::milliseconds(sqlite3_column_int64(statement_, 3)));
        row.kind = bytes(4);
        row.body = bytes(5);
        if (chain == Chain::read) {
            row.prev_hash = bytes(6);
            row.hash = bytes(7);
        }
        return row;
    }

private:
    std::string_view bytes(int column) const {
        const void* data = sqlite3_column_blob(statement_, column);
        const int size = sqlite3_column_bytes(statement_, column);
        return data == nullptr ? std::string_view()
                               : std::string_view(static_cast<const char*>(data), std::size_t(size));
    }

    sqlite3_stmt* statement_ = nullptr;
};

RowView view_of(const LoggedEvent& event) {
    return {event.position, event.stream, event.seq,       event.at,
            event.kind,     event.body,   event.prev_hash, event.hash};
}

/// Within a transaction.
Result<> insert(SQLite::Database& db, StreamAppend& what, core::WallTime now,
                std::vector<LoggedEvent>& written) {
    LoggedEvent next;
    next.stream = what.stream;
    next.hash = no_hash();
    SQLite::Statement last(db, "SELECT seq, hash FROM event WHERE stream=? ORDER BY seq DESC LIMIT 1");
    last.bind(1, next.stream);
    if (last.executeStep()) {
        next.seq = std::uint64_t(last.getColumn(0).getInt64());
        next.hash = last.getColumn(1).getString();
    }
    if (what.expected_last_seq && *what.expected_last_seq != next.seq)
        return core::fail(Errc::conflict, "the log of {} has gone on: its last entry is {}, not {}",
                          what.stream, next.seq, *what.expected_last_seq);
    next.at = now;
    SQLite::Statement insert(db,
                             "INSERT INTO event(stream, seq, at_ms, kind, body, prev_hash, hash) "
                             "VALUES(?,?,?,?,?,?,?)");
    for (NewEvent& event : what.events) {
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
    return {};
}

class SqliteEventLog final : public EventLog {
public:
    SqliteEventLog(std::unique_ptr<Database> database, Result<std::unique_ptr<ChainHeads>> heads,
                   const core::Clock* clock)
        : database_(std::move(database)), heads_(std::move(heads)), clock_(clock) {}

    Result<std::vector<LoggedEvent>> append_together(std::vector<StreamAppend> appends) override {
        if (appends.empty()) return core::fail(Errc::invalid_argument, "there is nothing to append");
        for (const StreamAppend& each : appends)
            if (auto checked = check(each.stream, each.events); !checked)
                return core::Failure(checked.error());
        auto written = database_->write(
            "appending an event", [&](SQLite::Database& db) -> Result<std::vector<LoggedEvent>> {
                std::vector<LoggedEvent> rows;
                for (StreamAppend& each : appends)
                    if (auto inserted = insert(db, each, clock_->now(), rows); !inserted)
                        return core::Failure(inserted.error());
                return rows;
            });
        if (written && heads_) {
            Heads heads;
            for (const LoggedEvent& event : *written) heads[event.stream] = {event.seq, event.hash};
            // What is written is written: without its head only a cut behind it would go unseen.
            (void)(*heads_)->note(heads);
        }
        return written;
    }

    Result<> scan(std::uint64_t after_position, Chain chain, const RowVisitor& visit) const override {
        return scan(fmt::format("SELECT {} FROM event WHERE position>?1 ORDER BY position",
                                chain == Chain::read ? columns : columns_without_chain),
                    after_position, chain, visit);
    }

    Result<> scan_stream(std::string_view stream, Chain chain, const RowVisitor& visit) const override {
        return scan(fmt::format("SELECT {} FROM event WHERE stream=?1 ORDER BY seq",
                                chain == Chain::read ? columns : columns_without_chain),
                    stream, chain, visit);
    }

    Result<Heads> known_heads() const override {
        if (heads_) return (*heads_)->all();
        if (heads_.error().code == Errc::not_found) return Heads{};
        return core::Failure(heads_.error());
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
        Heads known;
        if (const auto heads = known_heads()) known = *heads;
        ChainCheck check(std::move(known));
        auto scanned =
            scan_stream(stream, Chain::read, [&check](const RowView& row) { return check.add(row); });
        return scanned ? check.ended(stream) : scanned;
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

    template <class From>
    Result<> scan(const std::string& sql, From from, Chain chain, const RowVisitor& visit) const {
        return database_->read("reading the log", [&](SQLite::Database& db) -> Result<> {
            Rows rows(db, sql);
            rows.bind(from);
            while (rows.next(db))
                if (auto visited = visit(rows.view(chain)); !visited) return visited;
            return {};
        });
    }

    std::unique_ptr<Database> database_;
    Result<std::unique_ptr<ChainHeads>> heads_;
    const core::Clock* clock_;  // nullptr: nothing is appended
};

std::filesystem::path heads_of(std::filesystem::path file) {
    return file.replace_extension(".heads.sqlite");
}

}  // namespace

std::string event_hash(const LoggedEvent& event) {
    return hash_of(view_of(event));
}

core::Result<std::vector<LoggedEvent>> EventLog::append(std::string_view stream, std::vector<NewEvent> events,
                                                        std::optional<std::uint64_t> expected_last_seq) {
    std::vector<StreamAppend> appends;
    appends.push_back({std::string(stream), std::move(events), expected_last_seq});
    return append_together(std::move(appends));
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
    return std::make_unique<SqliteEventLog>(std::move(*database), ChainHeads::open(heads_of(file), false),
                                            &clock);
}

core::Result<std::unique_ptr<const EventLog>> open_event_log_to_read(const std::filesystem::path& file) {
    DatabaseOptions options;
    options.read_only = true;
    auto database = Database::open(file, migrations, options);
    if (!database) return core::Failure(database.error());
    return std::make_unique<const SqliteEventLog>(std::move(*database),
                                                  ChainHeads::open(heads_of(file), true), nullptr);
}

}  // namespace qd::storage
