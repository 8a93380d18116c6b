#include <QTest>
#include <nlohmann/json.hpp>

#include "support/opsd_site.hpp"

using namespace qd;
using test::OpsdSite;

namespace {

http::ClientResponse get(OpsdSite& site, const std::string& path) {
    http::ClientRequest request;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers.set("Authorization", std::string("Bearer ") + test::token);
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

learning::Report report_of(OpsdSite& site, const std::string& service = {}) {
    test::Answer<learning::Report> answer;
    site.client->learning({site.clock.now() - std::chrono::days(7), site.clock.now(), service, {}},
                          answer.callback());
    const auto report = answer.get();
    if (!report) qFatal("%s", report.error().message.c_str());
    return *report;
}

void post(OpsdSite& site, const std::string& incident, incidents::EventKind kind,
          std::optional<incidents::State> state = {}) {
    incidents::EventRequest request;
    request.kind = kind;
    request.body.state = state;
    test::Answer<incidents::Event> answer;
    site.client->post_event(incidents::IncidentId(incident), request, std::nullopt, answer.callback());
    const auto written = answer.get();
    if (!written) qFatal("%s", written.error().message.c_str());
}

}  // namespace

class TestLearningRoutes : public QObject {
    Q_OBJECT

private slots:
    void anIncidentIsMeasuredWithItsEventsItsCostAndItsUptime() {
        OpsdSite site;
        site.start();
        site.pass(90, 30, 0);
        site.pass(15, 27, 0, 3, 3);
        post(site, "INC-1", incidents::EventKind::acknowledge);
        site.pass(30, 30, 0);
        post(site, "INC-1", incidents::EventKind::state, incidents::State::resolved);
        site.pass(30, 30, 0);

        const learning::Report report = report_of(site);
        QCOMPARE(report.counted, std::size_t(1));
        const learning::Measure& mttr = report.measures[3];
        QCOMPARE(mttr.name, std::string("MTTR"));
        QVERIFY(mttr.spread && mttr.spread->median > std::chrono::seconds(30));
        QCOMPARE(mttr.sources[0].incident, std::string("INC-1"));
        QCOMPARE(mttr.sources[0].events.size(), std::size_t(2));
        QCOMPARE(mttr.sources[0].events[0], std::uint64_t(1));
        // Counting began three minutes ago, and that is all the uptime there can be.
        QVERIFY(report.uptime.counted_from);
        QVERIFY(report.uptime.up < std::chrono::minutes(5));
        QCOMPARE(report.uptime.outages, std::size_t(1));
        QCOMPARE(report.costs_of, std::size_t(1));
        QVERIFY(!report.costs.empty());
        QVERIFY(report.costs[0].bad > 0 && report.costs[0].spent && *report.costs[0].spent > 0);
        QVERIFY(!report.delivery.per_day);
        QCOMPARE(report.services, std::vector<std::string>{report.measures[3].sources[0].service});

        const auto csv = get(site, "/learning?format=csv");
        QCOMPARE(csv.status, 200u);
        QVERIFY(csv.body.find("MTTR,resolved_at - started_at,INC-1,") != std::string::npos);
    }

    void anEmptySiteHasNoFigures() {
        OpsdSite site;
        site.start();
        site.pass(5);
        const learning::Report report = report_of(site, "nobody");
        QCOMPARE(report.counted, std::size_t(0));
        for (const learning::Measure& measure : report.measures) QVERIFY(!measure.mean && !measure.spread);
    }

    void oddQuestionsAreRefusedWithAReason() {
        OpsdSite site;
        site.start();
        for (const char* odd : {"?severity=5", "?severity=x", "?from=yesterday", "?format=pdf",
                                "?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
                                "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"})
            QVERIFY2(get(site, std::string("/learning") + odd).status == 400u, odd);
    }
};

QTEST_GUILESS_MAIN(TestLearningRoutes)
#include "tst_learning_routes.moc"
