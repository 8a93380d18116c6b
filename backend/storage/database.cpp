#include "storage/database.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace qd::storage {
namespace {

core::Errc code_of(const SQLite::Exception& error) {
    switch (error.getErrorCode() & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return core::Errc::unavailable;
        case SQLITE_FULL:
            return core::Errc::no_space;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
            return core::Errc::corrupt;
        case SQLITE_CONSTRAINT:
            return core::Errc::conflict;
        case SQLITE_TOOBIG:
            return core::Errc::too_large;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
            return core::Errc::io;
        default:
            return core::Errc::internal;
    }
}

/// Thrown while opening; failure() passes its message on.
struct NewerSchema : std::runtime_error {
    using std::runtime_error::runtime_error;
};

core::Failure failure_of(const std::filesystem::path& file, std::string_view doing,
                         const std::exception& error) {
    if (const auto* sqlite = dynamic_cast<const SQLite::Exception*>(&error))
        return core::fail(code_of(*sqlite), "{} in {}: {}", doing, file.string(), sqlite->what());
    if (dynamic_cast<const NewerSchema*>(&error) != nullptr)
        return core::fail(core::Errc::corrupt, "{}: {}", file.string(), error.what());
    return core::fail(core::Errc::internal, "{} in {}: {}", doing, file.string(), error.what());
}

void refuse_newer(SQLite::Database& connection, std::span<const std::string_view> migrations) {
    const auto version = std::size_t(connection.execAndGet("PRAGMA user_version").getInt());
    if (version > migrations.size())
        throw NewerSchema(
            fmt::format("its schema has version {}, this program knows only up to {}; use a newer one",
                        version, migrations.size()));
}

/// Runs one missing migration; false when there is none. The version is read inside the transaction: another
/// process may be migrating the same new file.
bool migrate_one(SQLite::Database& connection, std::span<const std::string_view> migrations) {
    connection.exec("BEGIN IMMEDIATE");
    refuse_newer(connection, migrations);
    const auto version = std::size_t(connection.execAndGet("PRAGMA user_version").getInt());
    const bool missing = version < migrations.size();
    if (missing) {
        connection.exec(std::string(migrations[version]));
        connection.exec(fmt::format("PRAGMA user_version={}", version + 1));
    }
    connection.exec("COMMIT");
    return missing;
}

/// Going over to WAL takes the whole file for a moment, and who meets another one at that is told BUSY
/// without having waited: SQLite fears a deadlock. Processes of a new site open its files at the same time.
void go_over_to_wal(SQLite::Database& connection, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    int code = SQLITE_OK;
    while (((code = connection.tryExec("PRAGMA journal_mode=WAL")) & 0xff) == SQLITE_BUSY &&
           std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (code != SQLITE_OK) throw SQLite::Exception(connection.getHandle(), code);
}

}  // namespace

SQLite::Database Database::open_writer(const std::filesystem::path& file,
                                       std::span<const std::string_view> migrations,
                                       DatabaseOptions options) {
    if (options.read_only) {
        SQLite::Database connection(file.string(), SQLite::OPEN_READONLY, int(options.busy_timeout.count()));
        refuse_newer(connection, migrations);
        return connection;
    }
    SQLite::Database connection(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                                int(options.busy_timeout.count()));
    go_over_to_wal(connection, options.busy_timeout);
    connection.exec(options.durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    connection.exec("PRAGMA foreign_keys=ON");
    connection.exec("PRAGMA journal_size_limit=67108864");
    while (migrate_one(connection, migrations)) {
    }
    return connection;
}

Database::Database(const std::filesystem::path& file, std::span<const std::string_view> migrations,
                   DatabaseOptions options)
    : file_(file),
      writer_(open_writer(file, migrations, options)),
      reader_(file.string(), options.read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE,
              int(options.busy_timeout.count())) {
    reader_.exec("PRAGMA query_only=ON");
}

core::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                       std::span<const std::string_view> migrations,
                                                       DatabaseOptions options) {
    std::error_code ignored;
    if (options.read_only && !std::filesystem::exists(file, ignored))
        return core::fail(core::Errc::not_found, "there is no {}", file.string());
    try {
        return std::unique_ptr<Database>(new Database(file, migrations, options));
    } catch (const std::exception& error) {
        return failure_of(file, "opening the database", error);
    }
}

void Database::roll_back() noexcept {
    writer_.tryExec("ROLLBACK");  // fails when SQLite has rolled back by itself, which is as well
}

core::Failure Database::failure(std::string_view doing, const std::exception& error) const {
    return failure_of(file_, doing, error);
}

}  // namespace qd::storage
