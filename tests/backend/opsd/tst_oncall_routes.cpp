// Who is on call, from files to incidents.
#include <QTest>

#include "support/opsd_site.hpp"

using namespace qd;
using test::Answer;
using test::OpsdSite;

namespace {

const std::string rota = R"(
name: Platform
layers:
  - {name: primary, people: [anna, ben], start: 2020-01-01, rotation: 1 hour}
  - {name: secondary, people: [carla], start: 2020-01-01, rotation: 1 week}
)";

struct Site : OpsdSite {
    Site() { std::filesystem::create_directories(data() / "rotas"); }
    ~Site() { stop(); }
    void write(const std::string& name, const std::string& text) {
        if (!core::write_file_atomically(data() / "rotas" / name, text)) qFatal("not written");
    }
    oncall::Picture picture() {
        Answer<oncall::Picture> answer;
        client->oncall(answer.callback());
        auto picture = answer.get();
        if (!picture) qFatal("%s", picture.error().message.c_str());
        return *picture;
    }
    incidents::Incident open(const std::string& service) {
        Answer<incidents::Incident> answer;
        client->open_incident({.title = "Stalls", .service = service}, answer.callback());
        const auto opened = answer.get();
        if (!opened) qFatal("%s", opened.error().message.c_str());
        return *opened;
    }
    std::vector<incidents::Event> timeline(const incidents::IncidentId& id) {
        Answer<std::vector<incidents::Event>> answer;
        client->timeline(id, answer.callback());
        return *answer.get();
    }
};

}  // namespace

class TestOncallRoutes : public QObject {
    Q_OBJECT

private slots:
    void rotasAreReadAgainAndBrokenOnesSaySo() {
        Site site;
        site.start();
        QVERIFY(site.picture().rotas.empty());
        site.write("platform.yaml", rota);
        site.pass(1);
        auto now = site.picture();
        QCOMPARE(now.rotas.size(), std::size_t(1));
        QCOMPARE(now.rotas[0].name, std::string("Platform"));
        QCOMPARE(now.rotas[0].now.size(), std::size_t(2));
        QVERIFY(now.rotas[0].now[0].from <= now.as_of && now.as_of < now.rotas[0].now[0].to);
        QCOMPARE(now.rotas[0].next[0].from, now.rotas[0].now[0].to);
        QVERIFY(now.rotas[0].problem.empty());
        // An hour later it is the other's turn.
        const std::string before = now.rotas[0].now[0].person;
        site.clock.advance(std::chrono::hours(1));
        QVERIFY(site.picture().rotas[0].now[0].person != before);
        site.write("platform.yaml", "name: Platform\nlayers: []\n");
        site.pass(1);
        now = site.picture();
        QCOMPARE(now.rotas[0].problem,
                 std::string("platform.yaml:2: 'layers' is missing: a rota has 1 to 10"));
        QCOMPARE(now.rotas[0].now.size(), std::size_t(2));  // of its last good version
        std::filesystem::remove(site.data() / "rotas" / "platform.yaml");
        site.pass(1);
        QVERIFY(site.picture().rotas.empty());
    }

    void anIncidentThatOpensNotesWhoIsOnCallAndAssignsNobody() {
        Site site;
        site.write("platform.yaml", rota);
        site.write("viewers.yaml",
                   "services: [viewers]\nlayers: [{name: v, people: [dora], start: 2020-01-01, "
                   "rotation: 1 day}]\n");
        site.start();
        const auto incident = site.open("gateway");
        site.pass(1);
        const auto events = site.timeline(incident.id);
        QCOMPARE(events.back().source, std::string("oncall"));
        QCOMPARE(events.back().kind, incidents::EventKind::note);
        const std::string& text = events.back().body.text;
        QVERIFY2(text.find("'Platform'") != std::string::npos && text.find("carla") != std::string::npos,
                 text.c_str());
        QVERIFY(text.find("dora") == std::string::npos);  // of another service
        const std::size_t noted = events.size();
        site.pass(3);
        QCOMPARE(site.timeline(incident.id).size(), noted);
        Answer<incidents::Incident> answer;
        site.client->incident(incident.id, answer.callback());
        QVERIFY(answer.get()->roles.empty());
    }

    void aRotaMayAssignByItself() {
        Site site;
        site.write("platform.yaml", "auto_assign: commander\n" + rota.substr(1));
        site.start();
        const std::string first = site.picture().rotas[0].now[0].person;
        const auto incident = site.open("gateway");
        site.pass(1);
        Answer<incidents::Incident> answer;
        site.client->incident(incident.id, answer.callback());
        QCOMPARE(answer.get()->roles.at("commander"), first);
        const auto events = site.timeline(incident.id);
        QCOMPARE(events.back().kind, incidents::EventKind::assign);
        QCOMPARE(events.back().actor, std::string("oncall"));
    }

    void aHandoverSaysWhoTakesOverAndWhatTheyMustKnow() {
        Site site;
        site.start();
        const auto incident = site.open("gateway");
        incidents::EventRequest handover;
        handover.kind = incidents::EventKind::handover;
        handover.body.role = "commander";
        handover.body.person = "ben";
        handover.body.text = "The canary is aborted; watch the budget.";
        Answer<incidents::Event> written;
        site.client->post_event(incident.id, handover, incident.version, written.callback());
        QVERIFY(written.get().has_value());
        Answer<incidents::Incident> answer;
        site.client->incident(incident.id, answer.callback());
        QCOMPARE(answer.get()->roles.at("commander"), std::string("ben"));
    }
};

QTEST_GUILESS_MAIN(TestOncallRoutes)
#include "tst_oncall_routes.moc"
