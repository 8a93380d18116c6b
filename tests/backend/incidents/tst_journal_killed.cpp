// The journal where its process dies: cut at any byte of what was not yet in the database file, and killed
// for good while it appends.

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <SQLiteCpp/Database.h>

#include <QFile>

#include "backend/incidents/desk_site.hpp"
#include "incidents/engine/journal_check.hpp"

using namespace qd;
using namespace qd::incidents;
using test::acknowledge;
using Site = test::DeskSite;

namespace {

QByteArray content(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write");
}

/// What a child does until it is killed: opens pairs of incidents and merges the second into the first; the
/// number of merges that were answered goes down the pipe.
[[noreturn]] void append_until_killed(const std::filesystem::path& folder, int pipe) {
    const core::SystemClock clock;
    auto log = storage::open_event_log(folder / "journal.sqlite", clock);
    if (!log) _exit(1);
    auto desk = IncidentDesk::open(**log, clock, telemetry::null_log(),
                                   {.search_file = folder / "incident_search.sqlite"});
    if (!desk) _exit(2);
    for (;;) {
        const auto first = (*desk)->open_incident({"first", "a", {}, "", {}}, {.actor = "anna"});
        const auto second = (*desk)->open_incident({"second", "b", {}, "", {}}, {.actor = "anna"});
        if (!first || !second) _exit(3);
        if (!(*desk)->merge(second->incident.id, {first->incident.id, "same"}, {.actor = "anna"})) _exit(4);
        if (::write(pipe, "x", 1) != 1) _exit(5);
    }
}

}  // namespace

class TestJournalKilled : public QObject {
    Q_OBJECT

private slots:
    void cutAnywhereItIsAValidBeginning() {
        Site site;
        const QString file = site.folder.filePath("journal.sqlite");
        // The tables are in the file; all rows are still beside it.
        SQLite::Database(file.toStdString(), SQLite::OPEN_READWRITE).exec("PRAGMA wal_checkpoint(TRUNCATE)");
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        for (int i = 0; i < 6; ++i) site.write(opened.id, site.note("number " + std::to_string(i)));
        site.write(opened.id, acknowledge());
        const auto whole = *site.desk->timeline(opened.id);
        const QByteArray database = content(file), wal = content(file + "-wal");
        QVERIFY(wal.size() > 10'000);
        std::size_t last = 0, different = 0;
        QTemporaryDir elsewhere;
        const QString copy = elsewhere.filePath("journal.sqlite");
        for (qsizetype cut = 0; cut <= wal.size();
             cut += cut + 397 > wal.size() && cut < wal.size() ? 1 : 397) {
            QFile::remove(copy + "-shm");
            write(copy, database);
            write(copy + "-wal", wal.left(cut));
            const auto log = storage::open_event_log_to_read(copy.toStdString());
            QVERIFY2(log, log ? "" : log.error().message.c_str());
            const auto report = check_journal(**log);
            QVERIFY(report);
            QVERIFY2(report->faults.empty(), report->faults.empty() ? "" : report->faults[0].c_str());
            const auto events = Journal(**log).read(opened.id);
            const std::size_t count = events ? events->size() : 0;
            QVERIFY(count >= last);
            if (count > 0) QVERIFY(std::equal(events->begin(), events->end(), whole.begin()));
            different += count != last;
            last = count;
        }
        QCOMPARE(last, whole.size());
        QVERIFY(different > 3);
    }

    void killedWhileItAppendsNothingAnsweredIsLost() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::size_t answered = 0;
        for (int life = 0; life < 3; ++life) {
            int ends[2];
            QCOMPARE(::pipe(ends), 0);
            const pid_t child = ::fork();
            if (child == 0) {
                ::close(ends[0]);
                append_until_killed(path, ends[1]);
            }
            ::close(ends[1]);
            // Killed in the middle of what follows the last of these answers.
            char byte = 0;
            for (int i = 0; i < 3 + life && ::read(ends[0], &byte, 1) == 1; ++i) ++answered;
            ::kill(child, SIGKILL);
            while (::read(ends[0], &byte, 1) == 1) ++answered;
            ::close(ends[0]);
            int status = 0;
            ::waitpid(child, &status, 0);
            QVERIFY(WIFSIGNALED(status));

            test::FakeClock clock;
            const auto log = storage::open_event_log(path / "journal.sqlite", clock);
            QVERIFY(log);
            const auto report = check_journal(**log);
            QVERIFY(report && report->faults.empty());
            const auto desk = IncidentDesk::open(**log, clock, telemetry::null_log(),
                                                 {.search_file = path / "incident_search.sqlite"});
            QVERIFY(desk);
            std::size_t merged = 0;
            for (const Incident& incident : (*desk)->list()) {
                if (!incident.merged_into) continue;
                ++merged;  // both sides know of it, or neither
                const Incident survivor = *(*desk)->get(*incident.merged_into);
                QVERIFY(std::ranges::find(survivor.relations, Relation{"merged_from", incident.id.value}) !=
                        survivor.relations.end());
            }
            for (const Incident& incident : (*desk)->list())
                for (const Relation& relation : incident.relations)
                    QCOMPARE((*desk)->get(IncidentId(relation.other))->state, State::merged);
            QVERIFY(merged >= answered);
            QVERIFY(merged <= answered + std::size_t(life) + 1);
            QCOMPARE((*desk)->find({.text = "second"})->total + (*desk)->find({.text = "first"})->total,
                     (*desk)->list().size());
        }
    }

    void rowsCutOffTheEndAreNoticed() {
        Site site;
        const Incident opened = site.fire(site.alert("playback", "gateway"));
        site.write(opened.id, acknowledge());
        site.write(opened.id, site.note("this never happened"));
        site.desk.reset();
        site.log.reset();
        const std::string file = site.folder.filePath("journal.sqlite").toStdString();
        const auto faults = [&file] {
            const auto log = storage::open_event_log_to_read(file);
            if (!log) qFatal("%s", log.error().message.c_str());
            return check_journal(**log)->faults;
        };
        QVERIFY(faults().empty());
        SQLite::Database forger(file, SQLite::OPEN_READWRITE);
        forger.exec("DROP TRIGGER event_is_never_removed");
        forger.exec("DELETE FROM event WHERE seq=3");
        QCOMPARE(faults().size(), std::size_t(1));
        QVERIFY(faults()[0].find("INC-1: the log of incident/INC-1 lacks entry 3") == 0);
        forger.exec("DELETE FROM event");
        QVERIFY(faults()[0].find("lacks entry 1") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestJournalKilled)
#include "tst_journal_killed.moc"
