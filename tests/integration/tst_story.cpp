// The demo story of the design, headless, with real processes and over the wire: a site comes up, a bad
// canary burns, an incident opens by itself, the canary is aborted, the site recovers, the post-mortem tells
// it.

#include <QElapsedTimer>
#include <QTest>

#include "support/site.hpp"

using namespace qd;
using http::Method;
using nlohmann::json;
using test::eventually;

namespace {

const char* const bad_canary = R"({
  "metadata": {"name": "slow-and-failing"},
  "spec": {
    "strategy": {"canary": {"steps": [{"setWeight": 10}, {"pause": {}}, {"setWeight": 100}]}},
    "target": {"version": "v2", "instances": 1,
               "faults": [{"kind": "error", "amount": 503, "ratio": 0.5}]}
  }
})";

}  // namespace

class TestStory : public QObject {
    Q_OBJECT

    using Answer = test::SiteAnswer;

    test::Site site_{{"--viewers", "100", "--seed", "7"}};
    std::string title_;
    std::string rollout_;
    std::string incident_;

    json items(const std::string& path) { return site_.get(path).value("items", json::array()); }

    std::string health(const std::string& slo) {
        return site_.get("/api/v1/slos/" + slo).value("health", "");
    }

    std::string availability() {
        for (const json& slo : items("/api/v1/slos"))
            if (slo.at("id").get<std::string>().find("availability") != std::string::npos)
                return slo.at("id").get<std::string>();
        return {};
    }

    Answer act(const std::string& path, const json& body) {
        return site_.opsd(Method::post, path, body.dump());
    }

    json newest_incident() {
        const json all = items("/api/v1/incidents");
        return all.empty() ? json() : all.front();
    }

private slots:
    void aSiteComesUp() {
        QVERIFY2(site_.up(), site_.supervisor().process().readAllStandardError().constData());
        QVERIFY(!site_.endpoints().opsd.empty());
    }

    void aTitleBecomesPlayableAndPlays() {
        QVERIFY(eventually(
            [this] {
                const Answer list = site_.gateway(Method::get, "/api/v1/videos");
                if (!list.json.is_object()) return false;
                for (const json& item : list.json.value("items", json::array()))
                    if (item.value("state", "") == "playable" || item.value("state", "") == "ready")
                        title_ = item.at("id").get<std::string>();
                return !title_.empty();
            },
            60'000));
        const Answer stream = site_.gateway(Method::get, "/api/v1/stream/" + title_);
        QCOMPARE(stream.status, 200u);
        QVERIFY(stream.text.starts_with("#EXTM3U"));
        QVERIFY(stream.headers.has("X-Served-By"));
        QVERIFY(stream.headers.has("X-Request-Id"));
    }

    void theObjectivesTurnGreen() {
        QVERIFY(eventually([this] { return !availability().empty() && health(availability()) == "healthy"; },
                           60'000));
        const json slo = site_.get("/api/v1/slos/" + availability());
        QVERIFY(slo.at("total").get<double>() > 0);
        QVERIFY(slo.at("sli").get<double>() > 0.99);
    }

    void aBadCanaryStartsAtTenPercent() {
        const Answer started = act("/api/v1/rollouts", json::parse(bad_canary));
        QVERIFY2(started.status == 201 || started.status == 200 || started.status == 202,
                 started.text.c_str());
        rollout_ = started.json.at("id").get<std::string>();
        QVERIFY(eventually(
            [this] {
                const json rollout = site_.get("/api/v1/rollouts/" + rollout_);
                return rollout.value("phase", "") == "paused" && rollout.value("weight_requested", 0) == 10;
            },
            30'000));
    }

    void theBurnRaisesAnAlertAndOpensAnIncident() {
        QElapsedTimer since;
        since.start();
        QVERIFY(eventually(
            [this] {
                const json incident = newest_incident();
                if (!incident.is_object()) return false;
                incident_ = incident.at("id").get<std::string>();
                return true;
            },
            60'000));
        qInfo("fault to incident: %.1f s", double(since.elapsed()) / 1000);
        const json incident = site_.get("/api/v1/incidents/" + incident_);
        QVERIFY(incident.at("severity").get<int>() >= 1);
        QVERIFY(!items("/api/v1/alerts").empty());
        QVERIFY(site_.get("/api/v1/rollouts/" + rollout_).contains("verdict"));
    }

    void abortSendsNobodyToTheCanary() {
        const Answer aborted =
            act("/api/v1/rollouts/" + rollout_ + "/abort", {{"reason", "it fails one request in two"}});
        QVERIFY2(aborted.status < 300, aborted.text.c_str());
        QVERIFY(eventually(
            [this] {
                const json rollout = site_.get("/api/v1/rollouts/" + rollout_);
                return rollout.value("weight_requested", 100) == 0 &&
                       rollout.value("phase", "") == "degraded";
            },
            10'000));
        for (int i = 0; i < 50; ++i) {
            const Answer answer =
                site_.gateway(Method::get, "/api/v1/videos/" + title_ + "?s=visitor-" + std::to_string(i));
            QCOMPARE(answer.status, 200u);
            QVERIFY(answer.headers.get("X-Served-By").find("/v2/") == std::string_view::npos);
        }
    }

    void theSiteRecoversAndTheIncidentIsResolved() {
        QVERIFY(eventually([this] { return health(availability()) == "healthy"; }, 150'000));
        const std::string events = "/api/v1/incidents/" + incident_ + "/events";
        for (const json& event : std::initializer_list<json>{
                 {{"kind", "acknowledge"}, {"body", json::object()}},
                 {{"kind", "assign"}, {"body", {{"role", "commander"}, {"person", "alex"}}}},
                 {{"kind", "note"}, {"body", {{"text", "the canary answered 503"}}}},
                 {{"kind", "state"}, {"body", {{"state", "investigating"}}}},
                 {{"kind", "state"}, {"body", {{"state", "mitigated"}}}},
                 {{"kind", "state"}, {"body", {{"state", "resolved"}}}}}) {
            const Answer answer = act(events, event);
            QVERIFY2(answer.status < 300, (event.dump() + " -> " + answer.text).c_str());
        }
        const json incident = site_.get("/api/v1/incidents/" + incident_);
        QCOMPARE(incident.at("state").get<std::string>(), std::string("resolved"));
        for (const char* milestone :
             {"started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at"})
            QVERIFY2(incident.at(milestone).is_string(), milestone);
        const json timeline = items("/api/v1/incidents/" + incident_ + "/timeline");
        QVERIFY(timeline.size() >= 7);
    }

    void thePostMortemTellsIt() {
        const Answer markdown =
            site_.opsd(Method::get, "/api/v1/incidents/" + incident_ + "/postmortem?format=md");
        QCOMPARE(markdown.status, 200u);
        for (const char* section : {"Summary", "Timeline", "Root Cause", "Action Items", "Lessons Learned"})
            QVERIFY2(markdown.text.find(section) != std::string::npos, section);
        QVERIFY(markdown.text.find("the canary answered 503") != std::string::npos);
    }

    void aClosedSiteLeavesNothingBehind() {
        std::vector<qint64> pids;
        for (const auto& process : site_.endpoints().processes) pids.push_back(process.pid);
        site_.supervisor().end();
        QCOMPARE(site_.supervisor().process().exitCode(), 0);
        QVERIFY(!std::filesystem::exists(site_.data() / "endpoints.json"));
        for (const qint64 pid : pids) QVERIFY(!std::filesystem::exists("/proc/" + std::to_string(pid)));
    }
};

QTEST_GUILESS_MAIN(TestStory)
#include "tst_story.moc"
