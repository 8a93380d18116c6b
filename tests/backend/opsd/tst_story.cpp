// What an on-call engineer lives through, over the real API: real scrapes of a real HTTP target, a clock that
// moves when told.
#include <QtTest>

#include "support/opsd_site.hpp"

using namespace qd;
using test::Answer;
using test::OpsdSite;

class TestStory : public QObject {
    Q_OBJECT

private slots:
    void aSiteTurnsGreenWithinSeconds() {
        OpsdSite site;
        site.start();
        QCOMPARE(site.status().health, slo::Health::no_data);
        site.pass(12);
        const slo::Status status = site.status();
        QCOMPARE(status.health, slo::Health::healthy);
        // The first scrape is the baseline; 30 a second from then on.
        QCOMPARE(status.window.counts, (slo::Counts{330, 330}));
        QCOMPARE(site.status("stream-latency").health, slo::Health::healthy);
        QCOMPARE(site.status("viewer-startup").health, slo::Health::no_data);
    }

    void aFailingCanaryRaisesAnAlertAndAnIncident() {
        OpsdSite site;
        site.start();
        site.pass(90, 27, 0, 3, 0);
        int fired_after = -1;
        for (int second = 1; second <= 40 && fired_after < 0; ++second) {
            // A tenth of the traffic, of which a fifth fails: 0.6 a second.
            site.pass(1, 27, 0, 3, second % 5 == 0 ? 0 : (second % 5 < 4 ? 1 : 0));
            if (site.status().rows[0].firing) fired_after = second;
        }
        QVERIFY2(fired_after >= 8 && fired_after <= 25, qPrintable(QString::number(fired_after)));
        Answer<std::vector<slo::Alert>> alerts;
        site.client->alerts(alerts.callback());
        const auto firing = alerts.get();
        QCOMPARE(firing->size(), std::size_t(1));
        QCOMPARE(firing->at(0).state, slo::AlertState::firing);
        QVERIFY(!firing->at(0).reason.empty());
        Answer<std::vector<incidents::Incident>> incidents;
        site.client->incidents(incidents.callback());
        const auto open = incidents.get();
        QVERIFY2(open.has_value(), open ? "" : open.error().message.c_str());
        QCOMPARE(open->size(), std::size_t(1));
        QCOMPARE(open->at(0).firing_alerts.size(), std::size_t(1));
        Answer<incidents::Event> acknowledged;
        incidents::EventRequest acknowledge;
        acknowledge.kind = incidents::EventKind::acknowledge;
        site.client->post_event(open->at(0).id, acknowledge, open->at(0).version, acknowledged.callback());
        const auto event = acknowledged.get();
        QVERIFY2(event.has_value(), event ? "" : event.error().message.c_str());
        QVERIFY(!event->actor.empty());
        // Another hand with the old version is told so.
        Answer<incidents::Event> late;
        site.client->post_event(open->at(0).id, acknowledge, open->at(0).version, late.callback());
        QCOMPARE(late.get().error().code, core::Errc::precondition_failed);
        // The canary is gone: green again within half a minute, the budget stays spent.
        site.pass(25);
        const slo::Status status = site.status();
        QCOMPARE(status.health, slo::Health::healthy);
        QVERIFY(*status.budget.remaining < 1);
    }

    void aRestartKeepsCountersAndTheAlert() {
        OpsdSite site;
        site.start();
        site.pass(60);
        site.pass(20, 30, 2);
        Answer<std::vector<slo::Alert>> before;
        site.client->alerts(before.callback());
        const auto alerts = before.get();
        QVERIFY(alerts.has_value() && !alerts->empty());
        const slo::Counts counted = site.status().window.counts;
        site.stop();
        site.clock.advance(std::chrono::seconds(40));
        site.gateway.answer("stable", 500, 0);  // nobody looked for long: not counted
        site.start();
        site.pass(1, 0);
        QCOMPARE(site.status().window.counts, counted);
        QCOMPARE(site.status().window.covered_s, std::int64_t(79));
        site.pass(1, 30, 2);
        Answer<std::vector<slo::Alert>> after;
        site.client->alerts(after.callback());
        const auto still = after.get();
        QVERIFY(*still == *alerts);
        Answer<std::vector<incidents::Incident>> incidents;
        site.client->incidents(incidents.callback());
        QCOMPARE(incidents.get()->size(), std::size_t(1));  // the same alert opens no second one
    }

    void aShortRestartLosesNothing() {
        OpsdSite site;
        site.start();
        site.pass(60);
        const slo::Status before = site.status();
        site.stop();
        site.clock.advance(std::chrono::seconds(10));
        site.gateway.answer("stable", 500, 7);
        site.start();
        site.pass(1, 0);
        const slo::Status after = site.status();
        QCOMPARE(after.window.counts, before.window.counts + (slo::Counts{493, 500}));
        // How it was spread over these seconds nobody knows: they stay a gap.
        QCOMPARE(after.window.covered_s, before.window.covered_s + 1);
    }

    void aSleepingLaptopLeavesAGapNotAnOutage() {
        OpsdSite site;
        site.start();
        site.pass(30);
        site.clock.advance(std::chrono::minutes(40));
        site.pass(12);
        const slo::Status status = site.status();
        QCOMPARE(status.health, slo::Health::healthy);
        QVERIFY(status.window.covered_s <= 41);
        Answer<slo::History> answer;
        const auto now = site.clock.now();
        site.client->slo_history(slo::SloId("playback-availability"), now - std::chrono::hours(1), now, 1000,
                                 answer.callback());
        const auto history = answer.get();
        std::int64_t longest = 0;
        for (std::size_t i = 1; i < history->points.size(); ++i)
            longest = std::max<std::int64_t>(
                longest, (history->points[i].at - history->points[i - 1].at) / std::chrono::seconds(1));
        QVERIFY(longest > 2000);
    }

    void aTargetThatFallsSilentIsToldApart() {
        OpsdSite site;
        site.start();
        site.pass(15);
        site.gateway.silent = true;
        site.pass(3, 0);
        QCOMPARE(site.status().health, slo::Health::partial);
        site.pass(6, 0);
        QCOMPARE(site.status().health, slo::Health::stale);
        Answer<opsclient::Site> answer;
        site.client->site(answer.callback());
        const auto view = answer.get();
        QVERIFY(!view->processes[0].up && !view->processes[0].error.empty());
        QVERIFY(*view->processes[0].age_s >= 8);
        site.gateway.silent = false;
        site.pass(12);
        QCOMPARE(site.status().health, slo::Health::healthy);
    }

    void seriesTellTheArmsApart() {
        OpsdSite site;
        site.start();
        site.pass(20, 20, 0, 5, 1);
        const auto series = [&](std::string_view name) {
            Answer<opsclient::Series> answer;
            const auto now = site.clock.now();
            site.client->series(name, now - std::chrono::seconds(10), now, 100, answer.callback());
            return answer.get();
        };
        const auto rate = series(opsclient::series::request_rate);
        QVERIFY2(rate.has_value(), rate ? "" : rate.error().message.c_str());
        QCOMPARE(rate->lines.size(), std::size_t(2));
        QCOMPARE(rate->lines[0].points.back().value, 20.0);
        QCOMPARE(rate->lines[1].points.back().value, 5.0);
        const auto errors = series(opsclient::series::error_ratio);
        QVERIFY(std::abs(errors->lines[1].points.back().value - 0.2) < 1e-9);
        const auto p95 = series(opsclient::series::latency_p95);
        QVERIFY(p95->lines[0].points.back().value > 0 && p95->lines[0].points.back().value <= 100);
        QCOMPARE(series("nonsense").error().code, core::Errc::not_found);
    }

    void faultsReachTheirProcessAndEnd() {
        OpsdSite site;
        site.start();
        site.pass(2);
        chaos::Fault fault;
        fault.target.role = "gateway";
        fault.kind = chaos::FaultKind::error;
        fault.ratio = 0.2;
        fault.duration = core::Seconds(30);
        Answer<chaos::Fault> applied;
        site.client->apply_fault(fault, applied.callback());
        const auto active = applied.get();
        QVERIFY2(active.has_value(), active ? "" : active.error().message.c_str());
        QCOMPARE(site.gateway.faults().size(), std::size_t(1));
        QCOMPARE(site.gateway.last_authorization, std::string("Bearer ") + test::token);
        Answer<std::vector<chaos::Fault>> listed;
        site.client->faults(listed.callback());
        QCOMPARE(listed.get()->size(), std::size_t(1));
        Answer<void> removed;
        site.client->remove_fault(active->id, removed.callback());
        QVERIFY(removed.get().has_value());
        QVERIFY(site.gateway.faults().empty());
        Answer<void> again;
        site.client->remove_fault(active->id, again.callback());
        QCOMPARE(again.get().error().code, core::Errc::not_found);
        // One that is left alone ends by itself.
        Answer<chaos::Fault> second;
        site.client->apply_fault(fault, second.callback());
        QVERIFY(second.get().has_value());
        site.clock.advance(std::chrono::seconds(31));
        QVERIFY(site.gateway.faults().empty());
        Answer<std::vector<chaos::Fault>> none;
        site.client->faults(none.callback());
        QCOMPARE(none.get()->size(), std::size_t(0));
        fault.target.version = "v9";
        Answer<chaos::Fault> nobody;
        site.client->apply_fault(fault, nobody.callback());
        QCOMPARE(nobody.get().error().code, core::Errc::not_found);
        fault.kind = chaos::FaultKind::kill;
        fault.target.version = "";
        Answer<chaos::Fault> killed;  // not a process of a supervisor: not ours to kill
        site.client->apply_fault(fault, killed.callback());
        QCOMPARE(killed.get().error().code, core::Errc::not_found);
    }

    void theEventStreamTellsWhatHappens() {
        OpsdSite site;
        site.start();
        site.pass(3);
        struct Seen {
            std::mutex mutex;
            std::condition_variable wake;
            int slos = 0;
            std::optional<slo::Status> last;
            std::vector<slo::Alert> alerts;
            std::vector<std::string> types;
        } seen;
        opsclient::EventHandlers handlers;
        handlers.on_slos = [&](const std::vector<slo::Status>& statuses) {
            const std::lock_guard lock(seen.mutex);
            ++seen.slos;
            seen.last = statuses[0];
            seen.wake.notify_all();
        };
        handlers.on_alert = [&](const slo::Alert& alert) {
            const std::lock_guard lock(seen.mutex);
            seen.alerts.push_back(alert);
            seen.wake.notify_all();
        };
        handlers.on_event = [&](const opsclient::Event& event) {
            const std::lock_guard lock(seen.mutex);
            seen.types.push_back(event.type);
        };
        const auto subscription = site.client->subscribe(std::move(handlers));
        const auto wait = [&](auto&& condition) {
            std::unique_lock lock(seen.mutex);
            return seen.wake.wait_for(lock, std::chrono::seconds(20), condition);
        };
        QVERIFY(wait([&] { return seen.slos >= 1; }));
        site.pass(60);
        site.pass(12, 30, 6);
        QVERIFY(wait([&] { return !seen.alerts.empty() && seen.last->rows[0].firing; }));
        QVERIFY(wait([&] { return seen.slos > 60; }));
        const std::lock_guard lock(seen.mutex);
        QCOMPARE(seen.last->window.counts.total % 30, std::uint64_t(0));
        QVERIFY(std::find(seen.types.begin(), seen.types.end(), "incident") != seen.types.end());
    }

    void theApiKeepsStrangersOut_data() {
        QTest::addColumn<QString>("path");
        for (const char* path :
             {"/site", "/slos", "/slos/playback-availability", "/alerts", "/series?name=viewers",
              "/incidents", "/rollouts", "/chaos/faults", "/events"})
            QTest::newRow(path) << path;
    }
    void theApiKeepsStrangersOut() {
        QFETCH(QString, path);
        OpsdSite site;
        site.start();
        http::ClientRequest request;
        request.url = "http://" + site.opsd->address() + "/api/v1" + path.toStdString();
        QCOMPARE(site.http.fetch(request)->status, 401u);
        request.headers.set("Authorization", "Bearer wrongwrongwrongwrong");
        QCOMPARE(site.http.fetch(request)->status, 401u);
        request.headers.set("Authorization", std::string("Bearer ") + test::token);
        request.headers.set("Host", "evil.example");
        QCOMPARE(site.http.fetch(request)->status, 421u);
    }

    void aRepeatedWriteHappensOnce() {
        OpsdSite site;
        site.start();
        http::ClientRequest request;
        request.method = http::Method::post;
        request.url = "http://" + site.opsd->address() + "/api/v1/incidents";
        request.headers = {{"Authorization", std::string("Bearer ") + test::token},
                           {"Idempotency-Key", "k1"}};
        request.body = R"({"title":"Stalls","service":"viewers"})";
        const auto first = site.http.fetch(request);
        QCOMPARE(first->status, 201u);
        const auto second = site.http.fetch(request);
        QCOMPARE(second->status, 201u);
        QCOMPARE(second->body, first->body);
        QCOMPARE(std::string(second->headers.get("ETag")), std::string(first->headers.get("ETag")));
        request.body = R"({"title":"Else","service":"viewers"})";
        QCOMPARE(site.http.fetch(request)->status, 422u);
        Answer<std::vector<incidents::Incident>> incidents;
        site.client->incidents(incidents.callback());
        QCOMPARE(incidents.get()->size(), std::size_t(1));
        // Across a restart too.
        site.stop();
        site.start();
        request.url = "http://" + site.opsd->address() + "/api/v1/incidents";
        request.body = R"({"title":"Stalls","service":"viewers"})";
        QCOMPARE(site.http.fetch(request)->body, first->body);
    }

    void badQueriesAreRefused_data() {
        QTest::addColumn<QString>("query");
        for (const char* query : {"from=yesterday", "points=0", "points=9999999", "points=x",
                                  "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"})
            QTest::newRow(query) << query;
    }
    void badQueriesAreRefused() {
        QFETCH(QString, query);
        OpsdSite site;
        site.start();
        http::ClientRequest request;
        request.url = "http://" + site.opsd->address() + "/api/v1/slos/playback-availability/history?" +
                      query.toStdString();
        request.headers.set("Authorization", std::string("Bearer ") + test::token);
        QCOMPARE(site.http.fetch(request)->status, 400u);
    }
};

QTEST_GUILESS_MAIN(TestStory)
#include "tst_story.moc"
