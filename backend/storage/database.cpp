#include "storage/database.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <new>

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

}  // namespace

Database::Database(const std::filesystem::path& file, DatabaseOptions options)
    : file_(file),
      connection_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                  int(options.busy_timeout.count())) {
    connection_.exec("PRAGMA journal_mode=WAL");
    connection_.exec(options.durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    connection_.exec("PRAGMA foreign_keys=ON");
    connection_.exec("PRAGMA journal_size_limit=67108864");
}

core::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                       std::span<const std::string_view> migrations,
                                                       DatabaseOptions options) {
    try {
        std::unique_ptr<Database> database(new Database(file, options));
        database->migrate(migrations);
        return database;
    } catch (const std::exception& error) {
        return failure_of(file, "opening the database", error);
    }
}

void Database::migrate(std::span<const std::string_view> migrations) {
    // The version is read inside the transaction: another process may be migrating the same new file.
    for (;;) {
        connection_.exec("BEGIN IMMEDIATE");
        try {
            const auto version = std::size_t(connection_.execAndGet("PRAGMA user_version").getInt());
            if (version > migrations.size())
                throw NewerSchema(
                    fmt::format("its schema has version {}, this program knows only up to {}; use a "
                                "newer one",
                                version, migrations.size()));
            if (version == migrations.size()) {
                roll_back();
                return;
            }
            connection_.exec(std::string(migrations[version]));
            connection_.exec(fmt::format("PRAGMA user_version={}", version + 1));
            connection_.exec("COMMIT");
        } catch (...) {
            roll_back();
            throw;
        }
    }
}

void Database::roll_back() noexcept {
    // Fails when SQLite has rolled back by itself, which is as well.
    connection_.tryExec("ROLLBACK");
}

core::Failure Database::failure(std::string_view doing, const std::exception& error) const {
    return failure_of(file_, doing, error);
}

}  // namespace qd::storage
