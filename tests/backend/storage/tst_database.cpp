#include "storage/database.hpp"

#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

using namespace qd;
using core::Errc;

namespace {

constexpr std::array<std::string_view, 2> migrations = {"CREATE TABLE t(a INTEGER)",
                                                        "ALTER TABLE t ADD COLUMN b TEXT"};

core::Result<> insert(storage::Database& database, int value) {
    return database.write("inserting", [&](SQLite::Database& db) -> core::Result<> {
        SQLite::Statement statement(db, "INSERT INTO t(a) VALUES(?)");
        statement.bind(1, value);
        statement.exec();
        return {};
    });
}

int count(storage::Database& database) {
    return database
        .read("counting",
              [](SQLite::Database& db) -> core::Result<int> {
                  return db.execAndGet("SELECT count(*) FROM t").getInt();
              })
        .value_or(-1);
}

}  // namespace

class TstDatabase : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::filesystem::path file(const char* name) const {
        return std::filesystem::path(folder_.path().toStdString()) / name;
    }

private slots:
    void many_open_a_new_file_at_once() {
        std::atomic<int> refused{0};
        for (int round = 0; round < 40; ++round) {
            const auto shared = file(("new-" + std::to_string(round)).c_str());
            std::latch together(6);
            std::vector<std::jthread> openers;
            for (int i = 0; i < 6; ++i)
                openers.emplace_back([&] {
                    together.arrive_and_wait();
                    if (!storage::Database::open(shared, migrations)) ++refused;
                });
        }
        QCOMPARE(refused.load(), 0);
    }

    void old_files_are_migrated_and_newer_ones_left_alone() {
        const std::span<const std::string_view> all(migrations);
        {
            auto old = storage::Database::open(file("a"), all.first(1));
            QVERIFY(old);
            QVERIFY(insert(**old, 1));
        }
        {
            auto current = storage::Database::open(file("a"), all);
            QVERIFY(current);
            QCOMPARE(count(**current), 1);
            QVERIFY((*current)->read("reading", [](SQLite::Database& db) -> core::Result<> {
                db.execAndGet("SELECT count(b) FROM t");
                return {};
            }));
        }
        const auto older_program = storage::Database::open(file("a"), all.first(1));
        QVERIFY(!older_program);
        QCOMPARE(older_program.error().code, Errc::corrupt);
        QVERIFY(older_program.error().message.find("version 2") != std::string::npos);
    }

    void a_failed_migration_leaves_the_file_as_it_was() {
        const std::array<std::string_view, 2> broken = {migrations[0], "INSERT INTO t VALUES(1); NONSENSE"};
        QVERIFY(!storage::Database::open(file("b"), broken));
        auto database = storage::Database::open(file("b"), migrations);
        QVERIFY(database);
        QCOMPARE(count(**database), 0);
    }

    void a_transaction_is_all_or_nothing() {
        auto database = storage::Database::open(file("c"), migrations);
        QVERIFY(database);
        const auto refused = (*database)->write("changing", [](SQLite::Database& db) -> core::Result<> {
            db.exec("INSERT INTO t(a) VALUES(1)");
            return core::fail(Errc::conflict, "no");
        });
        QCOMPARE(refused.error().code, Errc::conflict);
        const auto thrown = (*database)->write("changing", [](SQLite::Database& db) -> core::Result<> {
            db.exec("INSERT INTO t(a) VALUES(1)");
            db.exec("NONSENSE");
            return {};
        });
        QVERIFY(!thrown);
        QVERIFY(thrown.error().message.find("changing in " + file("c").string()) != std::string::npos);
        QCOMPARE(count(**database), 0);
        QVERIFY(insert(**database, 1));
    }

    void what_is_no_database_is_said_to_be_corrupt() {
        std::ofstream(file("d")) << std::string(4096, 'x');
        const auto opened = storage::Database::open(file("d"), migrations);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, Errc::corrupt);
        QVERIFY(opened.error().message.find(file("d").string()) != std::string::npos);
    }

    void a_file_that_cannot_be_made_or_written_is_an_io_error() {
        QCOMPARE(storage::Database::open(file("missing/e"), migrations).error().code, Errc::io);
        if (::geteuid() == 0) QSKIP("permissions do not stop the superuser");
        QVERIFY(storage::Database::open(file("f"), migrations));
        std::filesystem::permissions(file("f"), std::filesystem::perms::owner_read);
        std::filesystem::permissions(folder_.path().toStdString(),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        const auto opened = storage::Database::open(file("f"), migrations);
        std::filesystem::permissions(folder_.path().toStdString(), std::filesystem::perms::owner_all);
        QCOMPARE(opened.error().code, Errc::io);
    }

    void many_connections_write_without_being_told_that_it_is_locked() {
        QVERIFY(storage::Database::open(file("g"), migrations));
        std::vector<std::thread> writers;
        std::atomic<int> failures{0};
        for (int i = 0; i < 4; ++i)
            writers.emplace_back([&] {
                auto database = storage::Database::open(file("g"), migrations, {.durable = false});
                for (int n = 0; n < 50; ++n)
                    if (!database || !insert(**database, n)) ++failures;
            });
        for (auto& writer : writers) writer.join();
        QCOMPARE(failures.load(), 0);
        auto database = storage::Database::open(file("g"), migrations);
        QCOMPARE(count(**database), 200);
    }
};

QTEST_GUILESS_MAIN(TstDatabase)
#include "tst_database.moc"
