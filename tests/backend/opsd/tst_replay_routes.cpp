// Replays as clients and scripts ask for them.

#include <QtTest>
#include <nlohmann/json.hpp>

#include "opsd/slo_replay_command.hpp"
#include "slo/document.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::OpsdSite;

namespace {

core::Result<slo::Replay> ask(OpsdSite& site, const slo::ReplayRequest& request,
                              const std::string& id = "playback-availability") {
    test::Answer<slo::Replay> answer;
    site.client->slo_replay(slo::SloId(id), request, answer.callback());
    return answer.get();
}

std::vector<slo::Alert> live_alerts(OpsdSite& site, const std::string& slo) {
    test::Answer<std::vector<slo::Alert>> answer;
    site.client->alerts(answer.callback());
    auto alerts = *answer.get();
    std::erase_if(alerts, [&](const slo::Alert& alert) { return alert.slo_id.value != slo; });
    std::ranges::sort(alerts, {}, &slo::Alert::started_at);
    return alerts;
}

}  // namespace

class TestReplayRoutes : public QObject {
    Q_OBJECT

private slots:
    void theAlertsAreThoseOfTheDayAndOthersWithAnotherTarget() {
        OpsdSite site;
        site.start();
        slo::ReplayRequest request;
        request.from = site.clock.now();
        site.pass(90);
        site.pass(30, 30, 6);
        site.pass(120);
        request.to = site.clock.now() + std::chrono::hours(5);  // ahead is cut
        const auto as_it_was = ask(site, request);
        QVERIFY2(as_it_was.has_value(), as_it_was ? "" : as_it_was.error().message.c_str());
        const auto told = live_alerts(site, "playback-availability");
        QVERIFY(!told.empty());
        QCOMPARE(as_it_was->alerts.size(), told.size());
        for (std::size_t i = 0; i < told.size(); ++i) QVERIFY(as_it_was->alerts[i].alert == told[i]);
        QCOMPARE(as_it_was->to, site.clock.now() + std::chrono::seconds(1));
        QCOMPARE(as_it_was->window.counts, site.status().window.counts);

        request.target = 0.5;
        QVERIFY(ask(site, request)->alerts.empty());
        request.target.reset();
        const auto minute = [](core::WallTime at) {
            return std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()).count() * 60;
        };
        request.excluded = {{minute(request.from), minute(request.to)}};
        const auto excluded = ask(site, request);
        QVERIFY(excluded->alerts.empty());
        QVERIFY(!excluded->budget.remaining);
        request.excluded.reset();

        request.from = site.clock.now() + std::chrono::hours(1);
        request.to = request.from + std::chrono::hours(1);
        QCOMPARE(ask(site, request).error().code, core::Errc::invalid_argument);
        QCOMPARE(ask(site, request, "nothing").error().code, core::Errc::not_found);
    }

    void aFileIsReplayedWhileOpsdRuns() {
        OpsdSite site;
        site.start();
        site.pass(90);
        site.pass(30, 30, 6);
        site.pass(30);
        const auto told = live_alerts(site, "playback-availability");
        const auto local = *slo::load_document(QUARTERDECK_RESOURCES "/slo/local.yaml");
        opsd::ReplayOrder order{"-1h", "now", 20, site.data()};
        const auto text = opsd::replay_text(local, order, site.clock.now());
        QVERIFY2(text.has_value(), text ? "" : text.error().message.c_str());
        const auto json = nlohmann::json::parse(*text);
        QCOMPARE(json["items"].size(), local.size());
        QCOMPARE(json["items"][0]["alerts"].size(), told.size());
        QCOMPARE(json["items"][0]["alerts"][0]["id"].get<std::string>(), told[0].id.value);
        QVERIFY(json["items"][0]["alerts"][0]["bad"] > 0);

        std::vector<slo::Objective> strange = {local[0]};
        strange[0].id = slo::SloId("strange");
        strange[0].indicator = slo::BoolGaugeIndicator{{"up", {}}};
        const auto unknown = opsd::replay_text(strange, order, site.clock.now());
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().code, core::Errc::invalid_argument);
        QVERIFY(unknown.error().message.find("'strange'") != std::string::npos);
        order.from = "yesterday";
        QVERIFY(opsd::replay_text(local, order, site.clock.now()).error().message.find("--from") !=
                std::string::npos);
        order.from = "-1h";
        order.data = site.data() / "nowhere";
        QCOMPARE(opsd::replay_text(local, order, site.clock.now()).error().code, core::Errc::unavailable);
    }

    void exclusionsOfTheSiteHoldForFilesToo() {
        OpsdSite site;
        site.start();
        site.pass(90);
        site.pass(30, 30, 6);
        slo::Exclusion exclusion;
        exclusion.from = site.clock.now() - std::chrono::hours(1);
        exclusion.to = site.clock.now() + std::chrono::hours(1);
        exclusion.reason = "a test";
        test::Answer<slo::Exclusion> added;
        site.client->add_exclusion(exclusion, added.callback());
        QVERIFY(added.get().has_value());
        site.pass(10);
        slo::ReplayRequest request;
        request.from = exclusion.from;
        request.to = site.clock.now();
        QVERIFY(ask(site, request)->alerts.empty());
        const auto local = *slo::load_document(QUARTERDECK_RESOURCES "/slo/local.yaml");
        const auto text = opsd::replay_text(local, {"-1h", "now", 20, site.data()}, site.clock.now());
        const auto told = nlohmann::json::parse(*text);
        for (const auto& item : told["items"]) QVERIFY(item["alerts"].empty());
    }

    void latenciesAreSpreadOverAHeatmap() {
        OpsdSite site;
        site.start();
        site.pass(20);
        test::Answer<slo::Heatmap> answer;
        site.client->slo_heatmap(slo::SloId("stream-latency"), site.clock.now() - std::chrono::minutes(5),
                                 site.clock.now() + std::chrono::seconds(1), 600, answer.callback());
        const auto map = answer.get();
        QVERIFY2(map.has_value(), map ? "" : map.error().message.c_str());
        QVERIFY(map->columns.size() >= 19);
        std::uint64_t all = 0;
        for (const slo::HeatColumn& column : map->columns)
            for (const std::uint64_t count : column.counts) all += count;
        QCOMPARE(all, site.status("stream-latency").window.counts.total);
        test::Answer<slo::Heatmap> none;
        site.client->slo_heatmap(slo::SloId("playback-availability"),
                                 site.clock.now() - std::chrono::minutes(5), site.clock.now(), 600,
                                 none.callback());
        const auto refused = none.get();
        QCOMPARE(refused.error().code, core::Errc::not_found);
        QVERIFY(refused.error().message.find("no heatmap") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestReplayRoutes)
#include "tst_replay_routes.moc"
