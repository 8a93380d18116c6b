#include <SQLiteCpp/Database.h>
#include <fcntl.h>
#include <unistd.h>

#include <QtTest>
#include <nlohmann/json.hpp>

#include "incidents/engine/incident_desk.hpp"
#include "opsd/incident_command.hpp"
#include "support/fake_clock.hpp"

using namespace qd;

class TestIncidentCommand : public QObject {
    Q_OBJECT

    QTemporaryDir folder_, output_;
    test::FakeClock clock_;

    std::string file() const { return folder_.filePath("db/journal.sqlite").toStdString(); }

    struct Ran {
        int code = 0;
        QByteArray out, err;
    };
    /// `opsd incident <arguments> --data <folder>`, with what it says.
    Ran run(const QStringList& arguments, const QString& data = {}) {
        std::vector<std::string> texts{"incident"};
        for (const QString& argument : arguments) texts.push_back(argument.toStdString());
        texts.insert(texts.end(), {"--data", (data.isEmpty() ? folder_.path() : data).toStdString()});
        std::vector<char*> pointers;
        for (std::string& text : texts) pointers.push_back(text.data());
        std::fflush(stdout);
        std::fflush(stderr);
        const int kept[2] = {::dup(1), ::dup(2)};
        const QString paths[2] = {output_.filePath("out"), output_.filePath("err")};
        for (int fd : {1, 2}) {
            const int to =
                ::open(paths[fd - 1].toLocal8Bit().constData(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
            ::dup2(to, fd);
            ::close(to);
        }
        Ran ran;
        ran.code = opsd::incident_command(int(pointers.size()), pointers.data());
        std::fflush(stdout);
        std::fflush(stderr);
        for (int fd : {1, 2}) {
            ::dup2(kept[fd - 1], fd);
            ::close(kept[fd - 1]);
            QFile said(paths[fd - 1]);
            if (said.open(QIODevice::ReadOnly)) (fd == 1 ? ran.out : ran.err) = said.readAll();
        }
        return ran;
    }

private slots:
    void init() {
        QDir(folder_.filePath("db")).removeRecursively();
        QVERIFY(QDir(folder_.path()).mkpath("db"));
        const auto log = storage::open_event_log(file(), clock_);
        QVERIFY(log);
        const auto desk = incidents::IncidentDesk::open(**log, clock_, telemetry::null_log());
        QVERIFY(desk);
        const incidents::Author anna{.actor = "anna"};
        QVERIFY((*desk)->open_incident({"Uploads fail", "api", incidents::Severity::sev2, "", {}}, anna));
        clock_.advance(std::chrono::seconds(10));
        QVERIFY((*desk)->open_incident({"Stalls", "viewers", {}, "", {}}, anna));
        incidents::EventRequest request;
        request.kind = incidents::EventKind::acknowledge;
        QVERIFY((*desk)->write(incidents::IncidentId("INC-1"), request, anna));
        request.kind = incidents::EventKind::state;
        request.body.state = incidents::State::resolved;
        QVERIFY((*desk)->write(incidents::IncidentId("INC-1"), request, anna));
    }

    void listsAndShows() {
        const Ran all = run({"list"});
        QCOMPARE(all.code, 0);
        QVERIFY2(all.out.startsWith("INC-2    SEV3 triage"), all.out.constData());
        QVERIFY(all.out.contains("INC-1    SEV2 resolved"));
        QVERIFY(!run({"list", "--open"}).out.contains("INC-1"));
        const auto json = nlohmann::json::parse(run({"list", "--json"}).out.toStdString());
        QCOMPARE(json["total"].get<int>(), 2);
        const Ran one = run({"show", "INC-1"});
        QCOMPARE(one.code, 0);
        QVERIFY(one.out.contains("Uploads fail") && one.out.contains("MTTR") &&
                one.out.contains("acknowledged"));
        const auto shown = nlohmann::json::parse(run({"show", "INC-1", "--json"}).out.toStdString());
        QCOMPARE(shown["events"].size(), std::size_t(3));
        QCOMPARE(shown["incident"]["state"].get<std::string>(), std::string("resolved"));
    }

    void wrongUseAndWhatIsNotThere() {
        QCOMPARE(run({}).code, 64);
        QCOMPARE(run({"show"}).code, 64);
        QCOMPARE(run({"explode"}).code, 64);
        QCOMPARE(run({"show", "INC-9"}).code, 1);
        QCOMPARE(run({"verify", "INC-9"}).code, 1);
        QCOMPARE(run({"list"}, folder_.filePath("nowhere")).code, 1);
        QVERIFY(!QDir(folder_.filePath("nowhere")).exists());  // reading makes nothing
    }

    void verifiesBesideARunningWriter() {
        const auto log = storage::open_event_log(file(), clock_);
        QVERIFY(log && (*log)->append("incident/INC-3", {{"note", "{\"no\":\"event\"}"}}));
        const Ran run_beside = run({"verify"});
        QCOMPARE(run_beside.code, 65);
        QVERIFY2(run_beside.err.contains("INC-3: row 1:"), run_beside.err.constData());
        QCOMPARE(run({"verify", "INC-1"}).code, 0);
        QVERIFY(run({"verify", "INC-1"}).out.startsWith("3 rows of 1 journals: unbroken"));
    }

    void namesTheFirstBadRow() {
        QCOMPARE(run({"verify"}).code, 0);
        SQLite::Database forger(file(), SQLite::OPEN_READWRITE);
        forger.exec("DROP TRIGGER event_is_never_rewritten");
        forger.exec(
            "UPDATE event SET body=substr(body, 1, length(body)-1) || 'x' WHERE stream='incident/INC-1' AND "
            "seq=2");
        const Ran altered = run({"verify"});
        QCOMPARE(altered.code, 65);
        QVERIFY2(altered.err.contains("INC-1: entry 2 "), altered.err.constData());
        QCOMPARE(run({"verify", "INC-2"}).code, 0);
    }

    void saysWhenNoEndIsKnown() {
        for (const char* part : {"", "-wal", "-shm"})
            QFile::remove(folder_.filePath(QString("db/journal.heads.sqlite") + part));
        const Ran without = run({"verify"});
        QCOMPARE(without.code, 0);
        QVERIFY2(without.err.contains("Of 2 of 2 journals no end is known"), without.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestIncidentCommand)
#include "tst_incident_command.moc"
