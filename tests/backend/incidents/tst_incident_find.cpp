#include <SQLiteCpp/Database.h>

#include <QFile>

#include "backend/incidents/desk_site.hpp"

using namespace qd;
using namespace qd::incidents;
using namespace std::chrono_literals;
using test::acknowledge;
using Site = test::DeskSite;

namespace {

std::vector<std::string> ids(const core::Result<IncidentPage>& page) {
    if (!page) qFatal("%s", page.error().message.c_str());
    std::vector<std::string> all;
    for (const Incident& incident : page->items) all.push_back(incident.id.value);
    return all;
}

using Ids = std::vector<std::string>;

/// INC-1 is closed, INC-2 and INC-3 are open.
void fill(Site& site) {
    const Author anna{.actor = "anna"};
    for (const auto& [title, service] : std::initializer_list<std::pair<const char*, const char*>>{
             {"Uploads fail", "api"}, {"Zürich stalls", "viewers"}, {"Search is slow", "api"}}) {
        (void)site.desk->open_incident({title, service, Severity::sev2, "reported", {}}, anna);
        site.clock.advance(1min);
    }
    site.write(IncidentId("INC-1"), acknowledge());
    site.write(IncidentId("INC-1"), site.state(State::resolved));
    site.write(IncidentId("INC-2"), site.note("the canary's disk is full, bert looks"));
}

}  // namespace

class TestIncidentFind : public QObject {
    Q_OBJECT

private slots:
    void pagesFollowOneAnother() {
        Site site;
        fill(site);
        QCOMPARE(ids(site.desk->find({})), (Ids{"INC-3", "INC-2", "INC-1"}));
        const auto first = site.desk->find({.limit = 2});
        QCOMPARE(first->total, std::size_t(3));
        QCOMPARE(ids(first), (Ids{"INC-3", "INC-2"}));
        QVERIFY(first->next);
        // A new incident does not move what comes next.
        (void)site.desk->open_incident({"Later", "api", {}, "", {}}, {.actor = "anna"});
        const auto second = site.desk->find({.cursor = *first->next, .limit = 2});
        QCOMPARE(ids(second), (Ids{"INC-1"}));
        QVERIFY(!second->next);
        for (const IncidentQuery& wrong :
             {IncidentQuery{.cursor = "x"}, IncidentQuery{.cursor = "1.2"}, IncidentQuery{.state = "lost"},
              IncidentQuery{.limit = 501}, IncidentQuery{.limit = 0}, IncidentQuery{.text = "?!"}})
            QCOMPARE(site.desk->find(wrong).error().code, core::Errc::invalid_argument);
    }

    void filtersNarrow() {
        Site site;
        fill(site);
        QCOMPARE(ids(site.desk->find({.state = "open"})), (Ids{"INC-3", "INC-2"}));
        QCOMPARE(ids(site.desk->find({.state = "resolved"})), (Ids{"INC-1"}));
        QCOMPARE(ids(site.desk->find({.service = "api"})), (Ids{"INC-3", "INC-1"}));
        QVERIFY(site.desk->find({.severity = Severity::sev1})->items.empty());
    }

    void everythingThatWasToldIsFound() {
        Site site;
        fill(site);
        QCOMPARE(ids(site.desk->find({.text = "disk bert"})), (Ids{"INC-2"}));
        QCOMPARE(ids(site.desk->find({.text = "zurich"})), (Ids{"INC-2"}));
        QCOMPARE(ids(site.desk->find({.text = "SLO"})), (Ids{"INC-3"}));  // begins "slow"
        QCOMPARE(ids(site.desk->find({.text = "uploads disk"})), Ids{});
        QCOMPARE(ids(site.desk->find({.text = "inc-1"})), (Ids{"INC-1"}));
        QCOMPARE(ids(site.desk->find({.text = "reported", .service = "api"})), (Ids{"INC-3", "INC-1"}));
        QCOMPARE(ids(site.desk->find({.text = "\"disk\" OR NEAR(* -canary"})), Ids{});  // words, no syntax
    }

    void theIndexIsMadeAgainWhenItIsMissingBehindOrAnothers() {
        Site site;
        fill(site);
        const QString file = site.folder.filePath("incident_search.sqlite");
        const auto found = [&] {
            site.reopen();
            return ids(site.desk->find({.text = "disk"})) == Ids{"INC-2"} &&
                   ids(site.desk->find({.text = "late"})) == Ids{"INC-3"};
        };
        const QString older = site.folder.filePath("older");
        site.desk.reset();
        QVERIFY(QFile::copy(file, older));
        site.reopen();
        site.write(IncidentId("INC-3"), site.note("late news"));
        QVERIFY(found());
        site.desk.reset();
        for (const char* part : {"", "-wal", "-shm"}) QFile::remove(file + part);
        QVERIFY(found());
        site.desk.reset();
        QVERIFY(QFile::remove(file) && QFile::copy(older, file));
        QVERIFY(found());
        site.desk.reset();
        QFile torn(file);
        QVERIFY(torn.open(QIODevice::WriteOnly) && torn.write("no database at all, but long enough") > 0);
        torn.close();
        QVERIFY(found());
        {
            site.desk.reset();
            SQLite::Database db(file.toStdString(), SQLite::OPEN_READWRITE);
            db.exec("UPDATE mark SET hash='of another journal'");
        }
        QVERIFY(found());
    }
};

QTEST_GUILESS_MAIN(TestIncidentFind)
#include "tst_incident_find.moc"
