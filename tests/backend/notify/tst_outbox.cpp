#include "notify/outbox.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

#include "core/json_fields.hpp"
#include "notify/outbox_rows.hpp"
#include "support/fake_clock.hpp"
#include "support/notices.hpp"

using namespace qd;
using namespace qd::notify;
using namespace std::chrono_literals;
using test::firing;
using test::resolved;

class TestOutbox : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<test::FakeClock> clock_;

    std::unique_ptr<Outbox> open(OutboxLimits limits = {}) {
        auto outbox = Outbox::open((folder_->path() + "/outbox.sqlite").toStdString(), *clock_, limits);
        if (!outbox) qFatal("%s", outbox.error().message.c_str());
        return std::move(*outbox);
    }
    static std::vector<Entry> claim(Outbox& outbox, const char* destination = "d", std::size_t most = 100) {
        auto due = outbox.claim(destination, most, 5min);
        if (!due) qFatal("%s", due.error().message.c_str());
        return std::move(*due);
    }
    static std::vector<Entry> list(const Outbox& outbox) { return *outbox.list(std::nullopt, 1'000); }

private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        clock_ = std::make_unique<test::FakeClock>();
    }

    void anEntryIsKeptOnceForEachDestinationAlertAndPhase() {
        const auto outbox = open();
        QCOMPARE(outbox->add(firing(), {"d", "e"})->entries, std::size_t(2));
        QCOMPARE(outbox->add(firing(), {"d", "e"})->entries, std::size_t(0));
        QCOMPARE(outbox->add(firing("b", "other"), {"d"})->entries, std::size_t(1));
        QCOMPARE(outbox->add(resolved(firing()), {"d"})->entries, std::size_t(1));
        QCOMPARE(outbox->add(resolved(firing()), {"d"})->entries, std::size_t(0));
        QCOMPARE(list(*outbox).size(), std::size_t(4));
        QCOMPARE(claim(*outbox, "e").size(), std::size_t(1));
        QVERIFY(claim(*outbox, "e").empty());
    }

    void nobodyIsToldTheEndOfWhatTheyNeverHeardOf() {
        const auto outbox = open();
        QCOMPARE(outbox->add(resolved(firing()), {"d"})->entries, std::size_t(0));
        QVERIFY(list(*outbox).empty());
    }

    void anEntryGoesThroughItsStates() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing(), {"d"}));
        QCOMPARE(list(*outbox)[0].state, EntryState::queued);
        auto sending = claim(*outbox);
        QCOMPARE(sending.size(), std::size_t(1));
        QCOMPARE(test::notice_of(sending[0]), firing());
        QCOMPARE(list(*outbox)[0].state, EntryState::sending);
        QVERIFY(outbox->retry(sending[0], "no route", 3s));
        Entry entry = list(*outbox)[0];
        QCOMPARE(entry.state, EntryState::queued);
        QCOMPARE(entry.attempts, 1u);
        QCOMPARE(entry.failures, 1u);
        QCOMPARE(entry.last_error, std::string("no route"));
        QVERIFY(entry.next_attempt_at == clock_->now() + 3s);
        QVERIFY(claim(*outbox).empty());
        clock_->advance(3s);
        sending = claim(*outbox);
        QVERIFY(outbox->accepted(sending.at(0), std::nullopt));
        entry = list(*outbox)[0];
        QCOMPARE(entry.state, EntryState::sent);
        QCOMPARE(entry.attempts, 2u);
        QCOMPARE(entry.deliveries, 1u);
        QCOMPARE(entry.failures, 0u);
        QVERIFY(entry.last_error.empty() && entry.accepted_at == clock_->now() && !entry.next_attempt_at);
        clock_->advance(1h);
        QVERIFY(claim(*outbox).empty());
        QVERIFY(outbox->add(firing("b"), {"d"}));
        QVERIFY(outbox->refused(claim(*outbox).at(0), "bad label"));
        entry = list(*outbox)[0];
        QCOMPARE(entry.state, EntryState::failed);
        QVERIFY(entry.last_error == "bad label" && !entry.next_attempt_at && !entry.accepted_at);
        QCOMPARE(outbox->list(EntryState::sent, 10)->size(), std::size_t(1));
        QCOMPARE(outbox->list(std::nullopt, 10, entry.id)->size(), std::size_t(1));
    }

    void aFiringAlertIsSentAgainUntilItsEnd() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing(), {"d"}));
        QVERIFY(outbox->accepted(claim(*outbox).at(0), 60s));
        QVERIFY(claim(*outbox).empty());
        clock_->advance(60s);
        const auto again = claim(*outbox);
        QCOMPARE(again.size(), std::size_t(1));
        // Its end comes while it is under way: the end waits for it, and there is no third time.
        QVERIFY(outbox->add(resolved(firing()), {"d"}));
        QVERIFY(claim(*outbox).empty());
        QVERIFY(outbox->accepted(again[0], 60s));
        const auto end = claim(*outbox);
        QCOMPARE(end.size(), std::size_t(1));
        QCOMPARE(test::notice_of(end[0]).phase, Phase::resolved);
        QVERIFY(outbox->accepted(end[0], 60s));
        clock_->advance(1h);
        QVERIFY(claim(*outbox).empty());
        QCOMPARE(outbox->list(EntryState::sent, 10)->size(), std::size_t(2));
    }

    void whatWasAcceptedStaysSentWhenARepetitionFails() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing(), {"d"}));
        QVERIFY(outbox->accepted(claim(*outbox).at(0), 60s));
        clock_->advance(60s);
        QVERIFY(outbox->retry(claim(*outbox).at(0), "down", 1s));
        const Entry entry = list(*outbox)[0];
        QCOMPARE(entry.state, EntryState::sent);
        QCOMPARE(entry.last_error, std::string("down"));
        QVERIFY(entry.next_attempt_at == clock_->now() + 1s);
    }

    void anOldEndNeverOvertakesANewBeginning() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing("a"), {"d"}));
        QVERIFY(outbox->accepted(claim(*outbox).at(0), std::nullopt));
        QVERIFY(outbox->add(resolved(firing("a")), {"d"}));
        QVERIFY(outbox->add(firing("b"), {"d"}));           // the same row fires again
        QVERIFY(outbox->add(firing("c", "other"), {"d"}));  // another objective waits for nobody
        auto due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(2));
        QCOMPARE(test::notice_of(due[0]).phase, Phase::resolved);
        QCOMPARE(test::notice_of(due[1]).alert_id, std::string("c"));
        QVERIFY(outbox->retry(due[0], "down", 1s));
        QVERIFY(claim(*outbox).empty());
        clock_->advance(1s);
        due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(1));
        QVERIFY(outbox->accepted(due[0], std::nullopt));
        QCOMPARE(test::notice_of(claim(*outbox).at(0)).alert_id, std::string("b"));
    }

    void aKilledProcessLosesNothing() {
        { open(); }
        const pid_t child = ::fork();
        if (child == 0) {
            auto outbox = Outbox::open((folder_->path() + "/outbox.sqlite").toStdString(), *clock_);
            if (!(*outbox)->add(firing("killed"), {"d"}) ||
                !(*outbox)->add(firing("waiting", "other"), {"d"}) ||
                (*outbox)->claim("d", 1, 5min)->size() != 1)
                ::_exit(1);
            ::raise(SIGKILL);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        const auto outbox = open();
        for (const Entry& entry : list(*outbox)) QCOMPARE(entry.state, EntryState::queued);
        const auto due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(2));
        QCOMPARE(due[0].attempts + due[1].attempts, 3u);  // the attempt under way counts
    }

    void aWordThatComesAfterTheLeaseChangesNothing() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing(), {"d"}));
        const auto first = claim(*outbox);
        clock_->advance(5min);
        const auto second = claim(*outbox);
        QCOMPARE(second.size(), std::size_t(1));
        QVERIFY(outbox->refused(first[0], "late"));
        QCOMPARE(list(*outbox)[0].state, EntryState::sending);
        QVERIFY(outbox->accepted(second[0], std::nullopt));
        QCOMPARE(list(*outbox)[0].state, EntryState::sent);
    }

    void aClockThatWasSetBackKeepsNobodyWaiting() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing(), {"d"}));
        clock_->advance(-3h);
        QCOMPARE(claim(*outbox).size(), std::size_t(1));
    }

    void countAndAgeAreBounded() {
        OutboxLimits limits;
        limits.max_entries = 5;
        limits.keep_finished = 10h;
        limits.give_up_after = 1h;
        const auto outbox = open(limits);
        QVERIFY(outbox->add(firing("done"), {"d"}));
        QVERIFY(outbox->accepted(claim(*outbox).at(0), std::nullopt));
        QVERIFY(outbox->add(resolved(firing("done")), {"d"}));
        QVERIFY(outbox->accepted(claim(*outbox).at(0), std::nullopt));
        for (const char* id : {"1", "2", "3", "4", "5"})  // finished ones make room first
            QCOMPARE(outbox->add(firing(id, id), {"d"})->dropped, std::size_t(0));
        QCOMPARE(list(*outbox).size(), std::size_t(5));
        QCOMPARE(outbox->add(firing("6", "6"), {"d"})->dropped, std::size_t(1));
        QCOMPARE(list(*outbox).size(), std::size_t(5));
        QCOMPARE(test::notice_of(list(*outbox).back()).alert_id, std::string("2"));
        clock_->advance(1h + 1ms);
        QVERIFY(outbox->tidy());
        QCOMPARE(outbox->list(EntryState::failed, 10)->size(), std::size_t(5));
        QVERIFY(claim(*outbox).empty());
        // Kept while they fire, for their ends; then forgotten by age.
        clock_->advance(10h);
        QVERIFY(outbox->tidy());
        QCOMPARE(list(*outbox).size(), std::size_t(5));
        QVERIFY(outbox->settle({"d"}, {"2"}));
        QVERIFY(outbox->tidy());
        QCOMPARE(list(*outbox).size(), std::size_t(1));
    }

    void messagesOfOneIncidentGoInTheirOrder() {
        const auto outbox = open();
        QVERIFY(outbox->add(test::announcement("INC-1/opened/1"), {"d"}));
        QVERIFY(outbox->add(test::status_update("first"), {"d"}));
        QCOMPARE(outbox->add(test::status_update("the same again"), {"d"})->entries, std::size_t(0));
        QVERIFY(outbox->add(test::announcement("INC-2/opened/1", "INC-2"), {"d"}));
        auto due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(2));
        QCOMPARE(id_of(due[0].message), std::string("INC-1/opened/1"));
        QCOMPARE(id_of(due[1].message), std::string("INC-2/opened/1"));
        QVERIFY(outbox->refused(due[0], "no"));  // what cannot be told does not hold up the rest
        due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(1));
        QVERIFY(due[0].message == Message(test::status_update("first")));
    }

    void whatBecameOfAStatusUpdateIsToldOnceForEachTime() {
        const auto outbox = open();
        QVERIFY(outbox->add(test::status_update("x"), {"d", "e"}));
        QVERIFY(outbox->add(test::announcement(), {"d"}));
        QVERIFY(outbox->untold(10)->empty());
        clock_->advance(1s);
        QVERIFY(outbox->accepted(claim(*outbox, "e").at(0), std::nullopt));
        QVERIFY(outbox->refused(claim(*outbox).at(0), "no such channel"));
        auto untold = *outbox->untold(10);
        QCOMPARE(untold.size(), std::size_t(2));
        QVERIFY(untold[0].ended_at == clock_->now() && untold[1].ended_at == clock_->now());
        for (const Entry& entry : untold) QVERIFY(outbox->mark_told(entry));
        QVERIFY(outbox->untold(10)->empty());

        const Entry failed = outbox->list(EntryState::failed, 1)->at(0);
        clock_->advance(1s);
        QVERIFY(outbox->try_again(failed.id));
        QVERIFY(outbox->mark_told(failed));  // a word about the old outcome: the new one is still to be told
        QVERIFY(outbox->accepted(claim(*outbox).at(0), std::nullopt));
        untold = *outbox->untold(10);
        QCOMPARE(untold.size(), std::size_t(1));
        QCOMPARE(untold[0].state, EntryState::sent);
        // It is not forgotten before it is told.
        clock_->advance(24h * 30);
        QVERIFY(outbox->tidy());
        QCOMPARE(outbox->untold(10)->size(), std::size_t(1));
        QVERIFY(outbox->mark_told(untold[0]));
        QVERIFY(outbox->tidy());
        QVERIFY(outbox->list(EntryState::sent, 10)->empty());
    }

    void handsMayTryAgainAndDrop() {
        const auto outbox = open();
        QCOMPARE(outbox->try_again(99).error().code, core::Errc::not_found);
        QCOMPARE(outbox->drop(99, "anna").error().code, core::Errc::not_found);
        QVERIFY(outbox->add(test::announcement(), {"d"}));
        const std::uint64_t id = list(*outbox)[0].id;
        QCOMPARE(outbox->try_again(id).error().code, core::Errc::conflict);  // it waits already
        const auto sending = claim(*outbox);
        QCOMPARE(outbox->drop(id, "anna").error().code, core::Errc::conflict);
        QVERIFY(outbox->refused(sending.at(0), "no"));
        clock_->advance(25h);  // older than anything is kept trying
        QCOMPARE(outbox->try_again(id)->state, EntryState::queued);
        QVERIFY(outbox->tidy());
        QCOMPARE(outbox->get(id)->state, EntryState::queued);
        QVERIFY(outbox->retry(claim(*outbox).at(0), "down", 1s));
        const auto dropped = outbox->drop(id, "anna");
        QCOMPARE(dropped->state, EntryState::dropped);
        QCOMPARE(dropped->last_error, std::string("dropped by anna; before: down"));
        QCOMPARE(outbox->drop(id, "anna").error().code, core::Errc::conflict);
        clock_->advance(1h);
        QVERIFY(claim(*outbox).empty());
        QCOMPARE(outbox->add(test::announcement(), {"d"})->entries, std::size_t(0));  // it stays dropped
        QCOMPARE(*outbox->counts(), (OutboxCounts{0, 0, 0, 0, 1}));
    }

    void whoHasMendedADestinationNeedNotWait() {
        const auto outbox = open();
        QVERIFY(outbox->add(test::announcement(), {"d"}));
        QVERIFY(outbox->retry(claim(*outbox).at(0), "down", 5min));
        QVERIFY(claim(*outbox).empty());
        QVERIFY(outbox->try_again(list(*outbox)[0].id));
        QVERIFY(outbox->accepted(claim(*outbox).at(0), std::nullopt));
        QCOMPARE(outbox->counts()->sent, std::size_t(1));
    }

    void anAlertThatHasEndedIsNotTriedAgain() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing(), {"d"}));
        const Entry begun = claim(*outbox).at(0);
        QVERIFY(outbox->refused(begun, "bad label"));
        QVERIFY(outbox->try_again(begun.id));
        QVERIFY(outbox->refused(claim(*outbox).at(0), "bad label"));
        QCOMPARE(outbox->add(resolved(firing()), {"d"})->entries, std::size_t(0));
        QCOMPARE(outbox->try_again(begun.id).error().code, core::Errc::conflict);
        // A dropped beginning has no end to tell either.
        QVERIFY(outbox->add(firing("b", "other"), {"d"}));
        QVERIFY(outbox->drop(list(*outbox)[0].id, "anna"));
        QCOMPARE(outbox->add(firing("b", "other"), {"d"})->entries, std::size_t(0));
        QCOMPARE(outbox->add(resolved(firing("b", "other")), {"d"})->entries, std::size_t(0));
    }

    void aFileOfTheFirstSchemaIsReadOn() {
        {
            SQLite::Database old((folder_->path() + "/outbox.sqlite").toStdString(),
                                 SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            old.exec(std::string(outbox_migrations[0]));
            SQLite::Statement insert(
                old,
                "INSERT INTO entry(destination, alert, phase, subject, notice, open, state, "
                "attempts, created_ms, due_ms) VALUES('d','a','firing',?,?,1,'sending',2,?,?)");
            insert.bind(1, subject_of(firing()));
            insert.bind(2, core::dump_json(to_json(firing())));
            insert.bind(3, std::int64_t(clock_->now().time_since_epoch().count()));
            insert.bind(4, std::int64_t(clock_->now().time_since_epoch().count()));
            insert.exec();
            old.exec("PRAGMA user_version=1");
        }
        const auto outbox = open();
        const auto due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(1));
        QCOMPARE(test::notice_of(due[0]), firing());
        QCOMPARE(due[0].attempts, 3u);
        QVERIFY(outbox->accepted(due[0], 60s));
        QCOMPARE(outbox->add(resolved(firing()), {"d"})->entries, std::size_t(1));
        QVERIFY(outbox->untold(10)->empty());
    }

    void settlingEndsWhatNobodyWaitsFor() {
        const auto outbox = open();
        QVERIFY(outbox->add(firing("stays", "1"), {"d", "gone"}));
        QVERIFY(outbox->add(firing("ended", "2"), {"d"}));
        for (const Entry& entry : claim(*outbox)) QVERIFY(outbox->accepted(entry, 60s));
        QVERIFY(outbox->settle({"d"}, {"stays"}));
        clock_->advance(60s);
        const auto due = claim(*outbox);
        QCOMPARE(due.size(), std::size_t(1));
        QCOMPARE(test::notice_of(due[0]).alert_id, std::string("stays"));
        QVERIFY(claim(*outbox, "gone").empty());
        const auto failed = *outbox->list(EntryState::failed, 10);
        QCOMPARE(failed.size(), std::size_t(1));
        QCOMPARE(failed[0].destination, std::string("gone"));
        QVERIFY(failed[0].last_error.find("no longer configured") != std::string::npos);
        // The destination is back, and the alert still fires: it is told.
        QCOMPARE(outbox->add(firing("stays", "1"), {"gone"})->entries, std::size_t(1));
        QCOMPARE(claim(*outbox, "gone").size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestOutbox)
#include "tst_outbox.moc"
