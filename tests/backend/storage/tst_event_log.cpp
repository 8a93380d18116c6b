#include "storage/event_log.hpp"

#include <SQLiteCpp/Database.h>

#include <QTemporaryDir>
#include <QTest>
#include <random>
#include <set>
#include <thread>

#include "support/fake_clock.hpp"

using namespace qd;
using core::Errc;

class TstEventLog : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    test::FakeClock clock_;

    std::filesystem::path file(const char* name) const {
        return std::filesystem::path(folder_.path().toStdString()) / name;
    }
    std::unique_ptr<storage::EventLog> open(const char* name) {
        auto log = storage::open_event_log(file(name), clock_);
        if (!log) qFatal("%s", log.error().message.c_str());
        return std::move(*log);
    }

private slots:
    void events_come_back_in_order_and_survive_reopening() {
        {
            const auto log = open("order.sqlite");
            QVERIFY(log->append("incident/1", {{"opened", "{}"}, {"note", std::string("a\0b", 3)}}));
            clock_.advance(std::chrono::seconds(5));
            QVERIFY(log->append("incident/2", {{"opened", "{}"}}));
            QVERIFY(log->append("incident/1", {{"resolved", ""}}));
        }
        const auto log = open("order.sqlite");
        const auto rows = log->read("incident/1");
        QVERIFY(rows);
        QCOMPARE(rows->size(), 3u);
        QCOMPARE(rows->at(1).body, std::string("a\0b", 3));
        QCOMPARE(rows->at(2).kind, std::string("resolved"));
        QCOMPARE(rows->at(2).seq, 3u);
        QCOMPARE(rows->at(2).at - rows->at(0).at, std::chrono::milliseconds(5'000));
        QCOMPARE(rows->at(2).prev_hash, rows->at(1).hash);
        QCOMPARE(log->read("incident/1", 2, 1)->at(0), rows->at(1));
        QCOMPARE(log->read_all(1)->size(), 3u);
        QCOMPARE(log->read_all(0)->at(2).stream, std::string("incident/2"));
        QVERIFY(log->verify("incident/1"));
        QVERIFY(log->verify("never written"));
    }

    void a_stream_longer_than_a_page_is_read_whole() {
        const auto log = open("long.sqlite");
        for (int i = 0; i < 2; ++i)
            QVERIFY(log->append("s", std::vector<storage::NewEvent>(1'000, {"k", ""})));
        QCOMPARE(storage::read_whole(*log, "s")->size(), 2'000u);
        QVERIFY(log->append("s", {{"k", "last"}}));
        QCOMPARE(storage::read_whole(*log, "s")->back().body, std::string("last"));
        QVERIFY(storage::read_whole(*log, "other")->empty());
        QCOMPARE(*storage::all_streams(*log, "s"), std::vector<std::string>{"s"});
    }

    void a_race_is_a_conflict() {
        const auto log = open("race.sqlite");
        QVERIFY(log->append("s", {{"a", ""}}, 0));
        const auto late = log->append("s", {{"b", ""}}, 0);
        QVERIFY(!late);
        QCOMPARE(late.error().code, Errc::conflict);
        QVERIFY(log->append("s", {{"b", ""}}, 1));
        QCOMPARE(*log->last_seq("s"), 2u);
        QCOMPARE(*log->last_seq("other"), 0u);
    }

    void several_streams_are_written_together_or_not_at_all() {
        const auto log = open("together.sqlite");
        QVERIFY(log->append("a", {{"k", "1"}}));
        const auto late = log->append_together({{"b", {{"k", "2"}}, 0}, {"a", {{"k", "3"}}, 0}});
        QCOMPARE(late.error().code, Errc::conflict);
        QCOMPARE(*log->last_seq("b"), 0u);
        const auto written =
            log->append_together({{"b", {{"k", "2"}}, 0}, {"a", {{"k", "3"}, {"k", "4"}}, 1}});
        QVERIFY(written);
        QCOMPARE(written->size(), 3u);
        QVERIFY(*written == *log->read_all(1));
        QVERIFY(log->verify("a") && log->verify("b"));
    }

    void a_scan_sees_what_reading_gives_and_may_stop() {
        const auto log = open("scan.sqlite");
        for (int i = 0; i < 5; ++i) QVERIFY(log->append(i % 2 == 0 ? "a" : "b", {{"k", std::to_string(i)}}));
        std::vector<std::string> bodies;
        QVERIFY(log->scan(1, storage::Chain::read, [&](const storage::RowView& row) -> core::Result<> {
            bodies.emplace_back(row.body);
            return row.hash == storage::hash_of(row) ? core::Result<>{} : core::fail(Errc::corrupt, "no");
        }));
        QCOMPARE(bodies, (std::vector<std::string>{"1", "2", "3", "4"}));
        int seen = 0;
        const auto stopped =
            log->scan_stream("a", storage::Chain::skip, [&](const storage::RowView& row) -> core::Result<> {
                ++seen;
                return row.seq == 2 ? core::fail(Errc::cancelled, "enough") : core::Result<>{};
            });
        QCOMPARE(stopped.error().code, Errc::cancelled);
        QCOMPARE(seen, 2);
    }

    void who_only_reads_makes_and_changes_nothing() {
        QCOMPARE(storage::open_event_log_to_read(file("nowhere.sqlite")).error().code, Errc::not_found);
        QVERIFY(!std::filesystem::exists(file("nowhere.sqlite")));
        const auto log = open("read.sqlite");
        QVERIFY(log->append("s", {{"a", "1"}}));
        const auto reader = storage::open_event_log_to_read(file("read.sqlite"));
        QVERIFY(reader);
        QVERIFY(log->append("s", {{"a", "2"}}));
        QCOMPARE((*reader)->read("s")->size(), 2u);  // what was written meanwhile
        QVERIFY((*reader)->known_heads()->at("s") == (storage::Head{2, log->read("s", 2)->at(0).hash}));
    }

    void rows_cut_off_the_end_are_found_out() {
        const auto log = open("cut.sqlite");
        QVERIFY(log->append("s", {{"a", "1"}, {"b", "2"}, {"c", "3"}}));
        SQLite::Database forger(file("cut.sqlite").string(), SQLite::OPEN_READWRITE);
        forger.exec("DROP TRIGGER event_is_never_removed");
        forger.exec("DELETE FROM event WHERE seq=3");
        const auto cut = log->verify("s");
        QVERIFY(!cut);
        QVERIFY2(cut.error().message.find("lacks entry 3") != std::string::npos, cut.error().message.c_str());
    }

    void two_writers_lose_nothing() {
        constexpr int each = 40;
        const auto write = [&](std::string kind) {
            const auto log = open("writers.sqlite");
            for (int i = 0; i < each; ++i)
                if (!log->append("s", {{kind, std::to_string(i)}})) qFatal("lost");
        };
        std::thread a(write, "a");
        std::thread b(write, "b");
        a.join();
        b.join();
        const auto log = open("writers.sqlite");
        QCOMPARE(*log->last_seq("s"), 2u * each);
        QVERIFY(log->verify("s"));
    }

    void streams_are_listed_by_prefix_and_page() {
        const auto log = open("streams.sqlite");
        for (const char* name : {"incident/2", "rollout/1", "incident/1", "incident/%"})
            QVERIFY(log->append(name, {{"k", ""}, {"k", ""}}));
        QCOMPARE(*log->streams("incident/"),
                 (std::vector<std::string>{"incident/2", "incident/1", "incident/%"}));
        QCOMPARE(*log->streams("incident/", 1), (std::vector<std::string>{"incident/2"}));
        QCOMPARE(*log->streams("incident/", 9, "incident/2"),
                 (std::vector<std::string>{"incident/1", "incident/%"}));
        QCOMPARE(*log->streams("incident/%"), (std::vector<std::string>{"incident/%"}));
        QCOMPARE(log->streams()->size(), 4u);
    }

    void rewriting_is_refused_and_found_out() {
        const auto log = open("forged.sqlite");
        QVERIFY(log->append("s", {{"a", "1"}, {"b", "2"}, {"c", "3"}}));
        SQLite::Database forger(file("forged.sqlite").string(), SQLite::OPEN_READWRITE);
        QVERIFY_EXCEPTION_THROWN(forger.exec("UPDATE event SET body='9' WHERE seq=2"), SQLite::Exception);
        QVERIFY_EXCEPTION_THROWN(forger.exec("DELETE FROM event WHERE seq=2"), SQLite::Exception);

        forger.exec("DROP TRIGGER event_is_never_rewritten");
        forger.exec("UPDATE event SET body='9' WHERE seq=2");
        const auto altered = log->verify("s");
        QVERIFY(!altered);
        QCOMPARE(altered.error().code, Errc::corrupt);
        QVERIFY2(altered.error().message.starts_with("entry 2 "), altered.error().message.c_str());
        forger.exec("UPDATE event SET body='2' WHERE seq=2");
        QVERIFY(log->verify("s"));

        forger.exec("DROP TRIGGER event_is_never_removed");
        forger.exec("DELETE FROM event WHERE seq=2");
        QVERIFY(log->verify("s").error().message.find("lacks entry 2") != std::string::npos);
    }

    void what_is_out_of_bounds_is_refused_and_nothing_written() {
        const auto log = open("bounds.sqlite");
        QCOMPARE(log->append("", {{"k", ""}}).error().code, Errc::invalid_argument);
        QCOMPARE(log->append("s", {}).error().code, Errc::invalid_argument);
        QCOMPARE(log->append("s", {{"k", ""}, {"", ""}}).error().code, Errc::invalid_argument);
        QCOMPARE(log->append("s", {{"k", std::string(storage::max_event_body_bytes + 1, 'x')}}).error().code,
                 Errc::too_large);
        QCOMPARE(log->append(std::string(257, 's'), {{"k", ""}}).error().code, Errc::too_large);
        QCOMPARE(*log->last_seq("s"), 0u);
    }

    // Rows that differ anywhere have different hashes, also where text moves from one field to the next.
    void hashes_tell_every_field_apart() {
        std::mt19937 random(7);
        std::set<std::string> seen;
        storage::LoggedEvent event;
        event.prev_hash = std::string(64, '0');
        for (int i = 0; i < 500; ++i) {
            const std::string all = "abcdefgh";
            const std::size_t a = random() % 9;
            const std::size_t b = a + random() % (9 - a);
            event.stream = all.substr(0, a);
            event.kind = all.substr(a, b - a);
            event.body = all.substr(b);
            event.seq = i;
            seen.insert(storage::event_hash(event));
        }
        QCOMPARE(seen.size(), 500u);
        event.seq = 1;
        event.stream = "ab", event.kind = "c";
        const auto left = storage::event_hash(event);
        event.stream = "a", event.kind = "bc";
        QVERIFY(left != storage::event_hash(event));
    }
};

QTEST_GUILESS_MAIN(TstEventLog)
#include "tst_event_log.moc"
