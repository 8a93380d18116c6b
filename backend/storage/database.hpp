#pragma once
// A SQLite file opened the house's way: WAL, a busy timeout, foreign keys, a schema that migrates by
// user_version. SQLiteCpp's exceptions end here: read() and write() turn them into errors that name the file.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <chrono>
#include <concepts>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/result.hpp"

namespace qd::storage {

struct DatabaseOptions {
    std::chrono::milliseconds busy_timeout{5'000};
    /// true: each commit reaches the disk before it returns (synchronous=FULL). false: a commit survives the
    /// process, but the last ones may be lost with the power (NORMAL).
    bool durable = true;
    /// Nothing is made, migrated or written: write() fails. Errc::not_found when there is no file.
    bool read_only = false;
};

/// One connection behind a mutex: thread-safe, one statement at a time. Several processes may open the same
/// file.
class Database {
public:
    /// Creates the file when missing and runs what it lacks of `migrations`: entry i brings a file from
    /// user_version i to i + 1, each within one transaction. Errors: Errc::corrupt (not a database, damaged,
    /// or written by a newer version), Errc::io (cannot be read or written), Errc::no_space,
    /// Errc::unavailable (busy).
    static core::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                        std::span<const std::string_view> migrations,
                                                        DatabaseOptions options = {});

    /// Runs `body(SQLite::Database&)`, which returns a core::Result, outside any transaction: for single
    /// selects.
    template <class Body>
    auto read(std::string_view doing, Body&& body) -> std::invoke_result_t<Body, SQLite::Database&> {
        const std::lock_guard lock(reader_mutex_);
        try {
            return body(reader_);
        } catch (const std::exception& error) {
            return failure(doing, error);
        }
    }

    /// The same within BEGIN IMMEDIATE … COMMIT; an error or an exception rolls back.
    template <class Body>
    auto write(std::string_view doing, Body&& body) -> std::invoke_result_t<Body, SQLite::Database&> {
        const std::lock_guard lock(writer_mutex_);
        try {
            writer_.exec("BEGIN IMMEDIATE");
            auto result = body(writer_);
            if (result.has_value())
                writer_.exec("COMMIT");
            else
                roll_back();
            return result;
        } catch (const std::exception& error) {
            roll_back();
            return failure(doing, error);
        }
    }

    const std::filesystem::path& file() const { return file_; }

private:
    Database(const std::filesystem::path& file, std::span<const std::string_view> migrations,
             DatabaseOptions options);
    static SQLite::Database open_writer(const std::filesystem::path& file,
                                        std::span<const std::string_view> migrations,
                                        DatabaseOptions options);
    void roll_back() noexcept;
    core::Failure failure(std::string_view doing, const std::exception& error) const;

    std::filesystem::path file_;
    std::mutex writer_mutex_;
    SQLite::Database writer_;
    std::mutex reader_mutex_;
    SQLite::Database reader_;
};

}  // namespace qd::storage
