// Alerts from outside, silences and changes, as a script or a console meets them.
#include <QTest>
#include <nlohmann/json.hpp>

#include "support/opsd_site.hpp"

using namespace qd;
using namespace std::chrono_literals;
using nlohmann::json;
using test::OpsdSite;

namespace {

http::ClientResponse call(OpsdSite& site, http::Method method, const std::string& path,
                          const std::string& body = {}, const char* type = "application/json") {
    http::ClientRequest request;
    request.method = method;
    request.url = "http://" + site.opsd->address() + "/api/v1" + path;
    request.headers.set("Authorization", std::string("Bearer ") + test::token);
    request.headers.set("Content-Type", type);
    request.body = body;
    const auto response = site.http.fetch(std::move(request));
    if (!response) qFatal("%s", response.error().message.c_str());
    return *response;
}

json get(OpsdSite& site, const std::string& path) {
    return json::parse(call(site, http::Method::get, path).body);
}

json alert(OpsdSite& site, const char* status, const std::string& fingerprint, json labels,
           json annotations = {{"summary", "Disk nearly full"}}) {
    return {{"status", status},
            {"labels", std::move(labels)},
            {"annotations", std::move(annotations)},
            {"startsAt", "2024-10-03T23:59:00Z"},
            {"endsAt", std::string(status) == "firing" ? "0001-01-01T00:00:00Z"
                                                       : core::format_rfc3339(site.clock.now())},
            {"fingerprint", fingerprint}};
}

json post(OpsdSite& site, json alerts) {
    const json message{{"version", "4"},
                       {"groupKey", "g"},
                       {"status", "firing"},
                       {"receiver", "r"},
                       {"groupLabels", json::object()},
                       {"commonLabels", json::object()},
                       {"externalURL", "http://am"},
                       {"alerts", std::move(alerts)}};
    const auto answer = call(site, http::Method::post, "/alertmanager/webhook", message.dump());
    if (answer.status != 200) qFatal("%s", answer.body.c_str());
    return json::parse(answer.body);
}

json silence(const char* matcher, const char* value, int seconds) {
    return {{"matchers", {{{"name", matcher}, {"value", value}}}},
            {"duration_s", seconds},
            {"comment", "planned work"}};
}

std::vector<std::string> phases(OpsdSite& site, const std::string& incident, const char* kind) {
    std::vector<std::string> found;
    const json timeline = get(site, "/incidents/" + incident + "/timeline");
    for (const json& event : timeline["items"])
        if (event["kind"] == kind) found.push_back(event["body"]["phase"].get<std::string>());
    return found;
}

using Phases = std::vector<std::string>;

/// Ten seconds of failures after a calm minute and a half.
void burn(OpsdSite& site) {
    site.pass(90);
    site.pass(15, 30, 5);
}

}  // namespace

class TestIntake : public QObject {
    Q_OBJECT

private slots:
    void relatedAlertsBecomeOneIncidentAndRepetitionsNothing() {
        OpsdSite site;
        site.start();
        const json first = alert(site, "firing", "a1",
                                 {{"alertname", "Disk"}, {"service", "origin"}, {"severity", "warning"}});
        const json second = alert(site, "firing", "b2",
                                  {{"alertname", "Errors"}, {"service", "origin"}, {"severity", "critical"}});
        QCOMPARE(post(site, {first, second})["taken"], json(2));
        const json incidents = get(site, "/incidents")["items"];
        QCOMPARE(incidents.size(), std::size_t(1));
        QCOMPARE(incidents[0]["service"], json("origin"));
        QCOMPARE(incidents[0]["severity"], json(2));
        QCOMPARE(incidents[0]["title"], json("Disk nearly full"));
        QCOMPARE(post(site, {first, second})["known"], json(2));
        site.stop();
        site.start();  // and after a restart
        QCOMPARE(post(site, {first, second})["known"], json(2));
        site.pass(1);
        QCOMPARE(get(site, "/incidents")["items"][0]["version"], incidents[0]["version"]);
        // The end is noted once, however often it is told.
        const json end = alert(site, "resolved", "a1", first["labels"]);
        QCOMPARE(post(site, {end})["taken"], json(1));
        QCOMPARE(post(site, {end})["known"], json(1));
        const std::string id = incidents[0]["id"];
        QCOMPARE(phases(site, id, "alert"), (Phases{"firing", "ended"}));
        const json all = get(site, "/alerts/all")["items"];
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all[0]["state"], json("firing"));
        QCOMPARE(all[0]["incident"], json(id));
        QCOMPARE(all[1]["state"], json("ended"));
    }

    void whatIsNoWebhookIsRefused() {
        OpsdSite site;
        site.start();
        const std::string path = "/alertmanager/webhook";
        QCOMPARE(call(site, http::Method::post, path, "{}", "text/plain").status, 415u);
        QCOMPARE(call(site, http::Method::post, path, "{").status, 400u);
        QCOMPARE(call(site, http::Method::post, path, R"({"version":"3"})").status, 400u);
    }

    void ourOwnAlertsComeBackAsNothingAndAWatchdogOpensNothing() {
        OpsdSite site;
        site.start();
        const json ours =
            alert(site, "firing", "aa", {{"alertname", "ErrorBudgetBurn"}}, {{"alert_id", "x"}});
        const json watchdog = alert(site, "firing", "bb", {{"alertname", "Watchdog"}, {"severity", "none"}});
        const json answer = post(site, {ours, watchdog});
        QCOMPARE(answer["ours"], json(1));
        QCOMPARE(answer["taken"], json(1));
        QVERIFY(get(site, "/incidents")["items"].empty());
        QCOMPARE(get(site, "/alerts/all")["items"].size(), std::size_t(1));
    }

    void aSilencedAlertIsSeenAndMadeUpForWhenTheSilenceEnds() {
        OpsdSite site;
        site.start();
        const auto made =
            call(site, http::Method::post, "/silences", silence("slo", "playback-availability", 150).dump());
        QCOMPARE(made.status, 201u);
        const std::string id = json::parse(made.body)["id"];
        burn(site);
        const json seen = get(site, "/alerts/all")["items"];
        QVERIFY(!seen.empty());
        QCOMPARE(seen[0]["silenced_by"][0]["silence"], json(id));
        QVERIFY(get(site, "/incidents")["items"].empty());
        QCOMPARE(get(site, "/silences")["items"][0]["lapses"], json(true));
        site.pass(50, 30, 5);  // it still burns when the silence ends
        QCOMPARE(get(site, "/incidents")["items"].size(), std::size_t(1));
        QCOMPARE(get(site, "/silences")["items"][0]["state"], json("expired"));
    }

    void whatBecomesOfASilenceIsWrittenIntoTheIncident() {
        OpsdSite site;
        site.more_config = "silence_warning_s: 60\n";
        site.start();
        post(site, {alert(site, "firing", "a1", {{"alertname", "Disk"}, {"service", "origin"}})});
        const std::string incident = get(site, "/incidents")["items"][0]["id"];
        const auto made = json::parse(
            call(site, http::Method::post, "/silences", silence("service", "origin", 100).dump()).body);
        QCOMPARE(made["state"], json("active"));
        QCOMPARE(made["firing"], json(1));
        const std::string path = "/silences/" + made["id"].get<std::string>();
        QCOMPARE(call(site, http::Method::post, path + "/extend", R"({"duration_s":20})").status,
                 400u);  // why?
        QCOMPARE(
            call(site, http::Method::post, path + "/extend", R"({"duration_s":20,"reason":"slow"})").status,
            200u);
        QCOMPARE(get(site, "/silences")["items"][0]["firing"], json(1));
        site.pass(30);
        QCOMPARE(phases(site, incident, "silence"), (Phases{"created", "extended"}));
        site.pass(40);  // less than a minute is left
        QCOMPARE(phases(site, incident, "silence"), (Phases{"created", "extended", "lapsing"}));
        site.stop();
        site.start();
        site.pass(10);  // the same warning is not written twice
        QCOMPARE(phases(site, incident, "silence").size(), std::size_t(3));
        QCOMPARE(call(site, http::Method::del, path + "?reason=done").status, 200u);
        QCOMPARE(phases(site, incident, "silence"), (Phases{"created", "extended", "lapsing", "expired"}));
        const json last = get(site, "/incidents/" + incident + "/timeline")["items"].back();
        QVERIFY(last["body"]["text"].get<std::string>().find("done") != std::string::npos);
        QCOMPARE(call(site, http::Method::del, path + "?reason=done").status, 409u);
        QCOMPARE(call(site, http::Method::del, "/silences/sil-0?reason=x").status, 404u);
    }

    void silencesThatMakeNoSenseAreRefused() {
        OpsdSite site;
        site.start();
        json all = silence("service", ".*", 60);
        all["matchers"][0]["is_regex"] = true;
        QCOMPARE(call(site, http::Method::post, "/silences", all.dump()).status, 400u);
        json elsewhere = silence("service", "origin", 60);
        elsewhere["source"] = "nowhere";
        QCOMPARE(call(site, http::Method::post, "/silences", elsewhere.dump()).status, 400u);
        json both = silence("service", "origin", 60);
        both["ends_at"] = "2030-01-01T00:00:00Z";
        QCOMPARE(call(site, http::Method::post, "/silences", both.dump()).status, 400u);
    }

    void aDeploymentThatWasToldIsSuspectedAlsoAfterARestart() {
        OpsdSite site;
        site.start();
        const auto told = call(
            site, http::Method::post, "/changes",
            R"({"kind":"deploy","subject":"origin v7","service":"origin","text":"CI deployed origin v7"})");
        QCOMPARE(told.status, 201u);
        QCOMPARE(call(site, http::Method::post, "/changes", R"({"kind":"chaos","subject":"x"})").status,
                 400u);
        QCOMPARE(call(site, http::Method::post, "/changes", R"({"kind":"flag"})").status, 400u);
        site.stop();
        site.start();
        site.clock.advance(40s);
        json fired = alert(site, "firing", "a1", {{"alertname", "Errors"}, {"service", "origin"}});
        fired["startsAt"] = core::format_rfc3339(site.clock.now());
        post(site, {fired});
        const json incident = get(site, "/incidents")["items"][0];
        QCOMPARE(incident["suspects"].size(), std::size_t(1));
        const std::string why = incident["suspects"][0]["reasoning"];
        QVERIFY2(why.find("CI deployed origin v7") != std::string::npos &&
                     why.find("10 for being of the same service") != std::string::npos,
                 why.c_str());
        QCOMPARE(get(site, "/changes")["items"][0]["subject"], json("origin v7"));
    }

    void aVersionThatComesUpAndOtherObjectivesAreSeen() {
        OpsdSite site;
        site.start();
        site.pass(2);
        site.stop();
        site.start();
        site.pass(2);
        QVERIFY(get(site, "/changes")["items"].empty());  // what was there first is no change
        site.stop();

        const auto file = site.data() / "slos.yaml";
        QVERIFY(core::write_file_atomically(file, R"(slos:
  - id: playback-availability
    title: Playback availability
    service: gateway
    objective_percent: 99.9
    window_s: 3600
    indicator:
      kind: ratio
      good: {metric: gateway_responses_total, labels: {code: "!5*"}}
      total: {metric: gateway_responses_total}
    rows:
      - {short_s: 10, long_s: 60, factor: 1.2, min_events: 20, severity: 2}
)"));
        site.more_config = fmt::format("slos: ['{}']\n", file.string());
        std::string config = site.config();
        config.replace(config.find("version: v1"), 11, "version: v2");
        auto options = opsd::parse_options(config, "opsd.yaml");
        QVERIFY2(options.has_value(), options ? "" : options.error().message.c_str());
        site.opsd =
            std::move(*opsd::Opsd::start(std::move(*options), site.clock, telemetry::null_log(), false));
        site.opsd->tick();
        const json changes = get(site, "/changes")["items"];
        QCOMPARE(changes.size(), std::size_t(2));
        QCOMPARE(changes[0]["kind"], json("deploy"));
        QCOMPARE(changes[0]["text"], json("Version v2 of gateway came up (gateway-1)"));
        QCOMPARE(changes[1]["kind"], json("config"));
        const std::string text = changes[1]["text"];
        QVERIFY2(text.find("playback-availability has changed") != std::string::npos &&
                     text.find("is gone") != std::string::npos,
                 text.c_str());
    }

    void theAdviceOfASeverityTellsItsReasons() {
        OpsdSite site;
        site.start();
        burn(site);
        const std::string id = get(site, "/incidents")["items"][0]["id"];
        const json advice = get(site, "/incidents/" + id + "/advice");
        QVERIFY(advice["severity"].get<int>() <= 2);
        QVERIFY(!advice["reasons"].empty());
        QVERIFY(advice["text"].get<std::string>().find("events are bad") != std::string::npos);
        QCOMPARE(call(site, http::Method::get, "/incidents/INC-99/advice").status, 404u);
    }
};

QTEST_GUILESS_MAIN(TestIntake)
#include "tst_intake.moc"
