#include <QTest>
#include <nlohmann/json.hpp>

#include "opsd/rollout_routes.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::OpsdSite;

namespace {

http::ClientResponse call(OpsdSite& site, http::Method method, const std::string& path,
                          const std::string& body = {}, http::Headers headers = {}) {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers = std::move(headers);
    request.headers.set("Authorization", std::string("Bearer ") + test::token);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

nlohmann::json get(OpsdSite& site, const std::string& path) {
    return nlohmann::json::parse(call(site, http::Method::get, path).body);
}

/// Ten seconds of a failing canary after a calm minute and a half.
void burn(OpsdSite& site) {
    site.pass(90, 30, 0);
    site.pass(15, 27, 0, 3, 3);
}

constexpr const char* specification =
    "strategy: {canary: {steps: [{setWeight: 10}, {pause: {}}]}}\ntarget: {version: v2}\n";

}  // namespace

class TestIncidentRoutes : public QObject {
    Q_OBJECT

private slots:
    void anAlertsIncidentBeginsWithTheFirstBadEvents() {
        OpsdSite site;
        site.start();
        burn(site);
        const auto incident = get(site, "/incidents")["items"].at(0);
        QCOMPARE(incident["state"].get<std::string>(), std::string("triage"));
        const auto started = core::parse_rfc3339(incident["started_at"].get<std::string>());
        const auto detected = core::parse_rfc3339(incident["detected_at"].get<std::string>());
        QVERIFY(*started < *detected);
        QVERIFY(*detected - *started <= std::chrono::seconds(20));
        QVERIFY(incident["severity_reason"].get<std::string>().find("SEV") != std::string::npos);
        const auto timeline = get(site, "/incidents/" + incident["id"].get<std::string>() + "/timeline");
        QCOMPARE(timeline["items"].at(0)["kind"].get<std::string>(), std::string("opened"));
        QVERIFY(timeline["next"].is_null());
        QVERIFY(get(site, "/incidents?state=resolved")["items"].empty());
        QCOMPARE(get(site, "/incidents?state=open")["items"].size(), std::size_t(1));
    }

    void whoComesLateGetsTheCurrentState() {
        OpsdSite site;
        site.start();
        const auto opened =
            call(site, http::Method::post, "/incidents", R"({"title":"Stalls","service":"viewers"})");
        QCOMPARE(opened.status, 201u);
        QCOMPARE(std::string(opened.headers.get("ETag")), std::string("\"1\""));
        const std::string events = "/incidents/INC-1/events";
        const std::string acknowledge = R"({"kind":"acknowledge"})";
        QCOMPARE(call(site, http::Method::post, events, acknowledge, {{"If-Match", "\"1\""}}).status, 201u);
        const auto late = call(site, http::Method::post, events, acknowledge, {{"If-Match", "\"1\""}});
        QCOMPARE(late.status, 412u);
        const auto current = nlohmann::json::parse(late.body);
        QCOMPARE(current["state"].get<std::string>(), std::string("acknowledged"));
        QCOMPARE(current["version"].get<int>(), 2);
        // The state machine's refusals say what is possible.
        const auto refused =
            call(site, http::Method::post, events, R"({"kind":"state","body":{"state":"closed"}})");
        QCOMPARE(refused.status, 409u);
        QVERIFY(refused.body.find("possible is") != std::string::npos);
        QCOMPARE(call(site, http::Method::post, events, R"({"kind":"alert"})").status, 400u);
        QCOMPARE(call(site, http::Method::post, "/incidents/INC-9/events", acknowledge).status, 404u);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-9/timeline").status, 404u);
    }

    void incidentsArePagedAndSearched() {
        OpsdSite site;
        site.start();
        for (const char* title : {"Stalls in Berlin", "Uploads fail", "Stalls in Rome"}) {
            call(site, http::Method::post, "/incidents",
                 fmt::format(R"({{"title":"{}","service":"viewers","severity":2}})", title));
            site.clock.advance(std::chrono::seconds(1));
        }
        const auto first = get(site, "/incidents?q=stalls&limit=1&severity=2&service=viewers&state=open");
        QCOMPARE(first["total"].get<int>(), 2);
        QCOMPARE(first["items"].at(0)["id"].get<std::string>(), std::string("INC-3"));
        test::Answer<incidents::IncidentPage> rest;
        site.client->find_incidents(
            {.text = "stalls", .cursor = first["next"].get<std::string>(), .limit = 1}, rest.callback());
        QCOMPARE(rest.get()->items.at(0).id.value, std::string("INC-1"));
        QVERIFY(!rest.get()->next);
        QCOMPARE(get(site, "/incidents")["total"].get<int>(), 3);
        for (const char* wrong :
             {"?limit=0", "?limit=x", "?severity=9", "?state=lost", "?cursor=x", "?q=%21"})
            QCOMPARE(call(site, http::Method::get, std::string("/incidents") + wrong).status, 400u);
    }

    void incidentsAreMergedSplitAndRelated() {
        OpsdSite site;
        site.start();
        for (const char* title : {"one", "two", "three"})
            call(site, http::Method::post, "/incidents", fmt::format(R"({{"title":"{}"}})", title));
        test::Answer<incidents::Incident> related, merged, split;
        site.client->relate_incidents(incidents::IncidentId("INC-2"),
                                      {"parent", incidents::IncidentId("INC-1"), "one outage"},
                                      related.callback());
        QCOMPARE(related.get()->relations.at(0).kind, std::string("parent"));
        site.client->merge_incident(incidents::IncidentId("INC-3"),
                                    {incidents::IncidentId("INC-1"), "the same"}, merged.callback());
        QCOMPARE(merged.get()->state, incidents::State::merged);
        site.client->split_incident(incidents::IncidentId("INC-1"), {"another", "", {}, {}, "it is not that"},
                                    split.callback());
        QCOMPARE(split.get()->id.value, std::string("INC-4"));
        QCOMPARE(get(site, "/incidents/INC-1")["relations"].size(), std::size_t(3));
        const auto again = call(site, http::Method::post, "/incidents/INC-3/merge", R"({"into":"INC-2"})");
        QCOMPARE(again.status, 409u);
        QVERIFY(again.body.find("go on in INC-1") != std::string::npos);
        QCOMPARE(call(site, http::Method::post, "/incidents/INC-1/relations",
                      R"({"kind":"parent","incident":"INC-2"})")
                     .status,
                 409u);
        QCOMPARE(call(site, http::Method::post, "/incidents/INC-1/split", R"({"title":"x"})",
                      {{"If-Match", "\"1\""}})
                     .status,
                 412u);
        QCOMPARE(call(site, http::Method::post, "/incidents/INC-9/split", R"({"title":"x"})").status, 404u);
    }

    void theTimelineComesAsTheClientAcceptsIt() {
        OpsdSite site;
        site.start();
        call(site, http::Method::post, "/incidents", R"({"title":"one"})",
             {{"Idempotency-Key", "mine-alone"}});
        call(site, http::Method::post, "/incidents/INC-1/events", R"({"kind":"acknowledge"})");
        const auto binary = call(site, http::Method::get, "/incidents/INC-1/timeline", {},
                                 {{"Accept", "application/vnd.quarterdeck.events"}});
        QCOMPARE(std::string(binary.headers.get("Content-Type")),
                 std::string("application/vnd.quarterdeck.events"));
        QVERIFY(binary.body.find("mine-alone") == std::string::npos);
        test::Answer<std::vector<incidents::Event>> events;
        site.client->timeline(incidents::IncidentId("INC-1"), events.callback());
        const auto json = get(site, "/incidents/INC-1/timeline");
        QCOMPARE(events.get()->size(), json["items"].size());
        for (std::size_t i = 0; i < json["items"].size(); ++i)
            QVERIFY(to_json(events.get()->at(i)) == json["items"][i]);
    }

    void whoKnowsAnEventIsToldWhatFollows() {
        OpsdSite site;
        site.start();
        call(site, http::Method::post, "/incidents", R"({"title":"one"})");
        for (const char* text : {"first", "second", "third"})
            call(site, http::Method::post, "/incidents/INC-1/events",
                 fmt::format(R"({{"kind":"note","body":{{"text":"{}"}}}})", text));
        const auto all = get(site, "/incidents/INC-1/timeline")["items"];
        QCOMPARE(all.size(), std::size_t(4));
        const auto json = get(site, "/incidents/INC-1/timeline?after=2")["items"];
        QCOMPARE(json.size(), std::size_t(2));
        QVERIFY(json[0] == all[2] && json[1] == all[3]);
        const auto behind = [&](std::uint64_t seq) {
            test::Answer<std::vector<incidents::Event>> events;
            site.client->timeline(incidents::IncidentId("INC-1"), events.callback(), seq);
            return *events.get();
        };
        QCOMPARE(behind(2).size(), std::size_t(2));
        for (std::size_t i = 0; i < 2; ++i) QVERIFY(to_json(behind(2)[i]) == all[i + 2]);
        QVERIFY(behind(4).empty());
        QVERIFY(behind(std::numeric_limits<std::uint64_t>::max()).empty());
        QVERIFY(get(site, "/incidents/INC-1/timeline?after=4")["items"].empty());
        for (const char* nonsense : {"-1", "x", "2x", "99999999999999999999"})
            QCOMPARE(call(site, http::Method::get, "/incidents/INC-1/timeline?after=" + std::string(nonsense))
                         .status,
                     400u);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-9/timeline?after=2").status, 404u);
    }

    void anotherHandsResultIsKeptBesideTheFirst() {
        OpsdSite site;
        site.start();
        call(site, http::Method::post, "/incidents", R"({"title":"one"})");
        call(site, http::Method::post, "/incidents/INC-1/events", R"({"kind":"acknowledge"})");
        // The same person is nobody else: refused as ever, and nothing written.
        const auto refused = call(site, http::Method::post, "/incidents/INC-1/events",
                                  R"({"kind":"acknowledge","based_on":1})");
        QCOMPARE(refused.status, 409u);
        QCOMPARE(get(site, "/incidents/INC-1")["version"].get<int>(), 2);
    }

    void thePostMortemComesWithItsMeasurements() {
        OpsdSite site;
        site.start();
        burn(site);
        const auto incident = get(site, "/incidents")["items"].at(0);
        const std::string path = "/incidents/" + incident["id"].get<std::string>() + "/postmortem";
        const auto markdown = call(site, http::Method::get, path);
        QCOMPARE(std::string(markdown.headers.get("Content-Type")),
                 std::string("text/markdown; charset=utf-8"));
        QVERIFY(markdown.body.find("## Lessons Learned") != std::string::npos);
        const auto html = call(site, http::Method::get, path + "?format=html");
        QVERIFY(html.body.find("<polyline class=\"sli\"") != std::string::npos);
        const auto json = get(site, path + "?format=json");
        QCOMPARE(json["objectives"].at(0)["id"].get<std::string>(), std::string("playback-availability"));
        QVERIFY(json["objectives"].at(0)["total"].get<double>() >
                json["objectives"].at(0)["good"].get<double>());
        QVERIFY(json["objectives"].at(0)["budget_spent"].get<double>() > 0);
        QCOMPARE(call(site, http::Method::get, path + "?format=pdf").status, 400u);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-9/postmortem").status, 404u);
    }

    void rolloutsAreRefusedWithTheReason() {
        OpsdSite site;
        site.start();
        const auto unsupported =
            call(site, http::Method::post, "/rollouts", std::string(specification) + "mirror: 1\n");
        QCOMPARE(unsupported.status, 400u);
        QVERIFY(unsupported.body.find("specification:3: 'mirror'") != std::string::npos);
        // There is no supervisor here that could start a version.
        const auto nobody = call(site, http::Method::post, "/rollouts", specification);
        QCOMPARE(nobody.status, 503u);
        QVERIFY(nobody.body.find("site_socket") != std::string::npos);
        QCOMPARE(call(site, http::Method::post, "/rollouts/RO-1/abort", "{}").status, 404u);
        QCOMPARE(call(site, http::Method::post, "/rollouts/RO-1/explode", "{}").status, 404u);
        QVERIFY(get(site, "/rollouts")["items"].empty());
    }

    void aSevereIncidentFreezesRollouts() {
        OpsdSite site;
        site.start();
        call(site, http::Method::post, "/incidents",
             R"({"title":"Outage","service":"gateway","severity":1})");
        const auto frozen = call(site, http::Method::post, "/rollouts", specification);
        QCOMPARE(frozen.status, 409u);
        QVERIFY(frozen.body.find("INC-1: SEV1 'Outage' is open") != std::string::npos);
        // Overridden, it gets as far as the missing supervisor.
        QCOMPARE(call(site, http::Method::post, "/rollouts?override=true&reason=a+fix", specification).status, 503u);
    }

    void whatIsCountedBecomesWhatIsJudged() {
        timeseries::ArmCounts counts;
        counts.total = 100;
        counts.good = 90;
        counts.latency_s = {{0.1, 50}, {0.2, 70}, {0.5, 95}, {std::numeric_limits<double>::infinity(), 99}};
        const auto judged = opsd::judged_counts(counts, 0.2);
        QCOMPARE(judged.requests, std::uint64_t(100));
        QCOMPARE(judged.errors, std::uint64_t(10));
        QCOMPARE(judged.timed, std::uint64_t(99));
        QCOMPARE(judged.slow, std::uint64_t(29));
        QCOMPARE(opsd::judged_counts(counts, 0.15).slow, std::uint64_t(29));  // the next bound above
        counts.latency_s.clear();
        QCOMPARE(opsd::judged_counts(counts, 0.2).timed, std::uint64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestIncidentRoutes)
#include "tst_incident_routes.moc"
