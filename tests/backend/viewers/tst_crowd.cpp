#include <QtTest>
#include <map>
#include <set>

#include "backend/player/fake_network.hpp"
#include "viewers/crowd.hpp"

using namespace qd;
using core::Seconds;
using test::FakeAnswer;
using viewers::Crowd;

namespace {
struct Rig {
    explicit Rig(viewers::CrowdOptions options = {}) : metrics(registry) {
        options.gateway = title.host;
        network.handler = [this](const http::ClientRequest& request) { return answer(request); };
        crowd = std::make_unique<Crowd>(network, executor, clock, metrics, telemetry::null_log(), options);
    }
    FakeAnswer answer(const http::ClientRequest& request) {
        FakeAnswer result;
        result.headers.set("X-Served-By", arm + "/v1/api-1");
        if (down) {
            result.error = core::Error{core::Errc::unavailable, "refused"};
            return result;
        }
        if (request.url.find("/videos?") != std::string::npos) {
            result.body = titles ? R"({"items":[{"id":"t1","state":"ready"}],"next":null})"
                                 : R"({"items":[],"next":null})";
            return result;
        }
        if (request.url.find("/analytics/playback") != std::string::npos) {
            reports.push_back(request.body);
            result.status = reports_refused ? 503 : 202;
            return result;
        }
        if (request.url.ends_with("/videos/t1")) {
            result.body = R"({"id":"t1","state":"ready"})";
            return result;
        }
        if (broken && request.url.ends_with(".m4s")) {
            result.status = 500;
            return result;
        }
        result = title.answer(request);
        result.headers.set("X-Served-By", arm + "/v1/api-1");
        return result;
    }
    void run(double seconds) {
        network.run_for(std::chrono::milliseconds(std::int64_t(seconds * 1000)),
                        std::chrono::milliseconds(20));
        network.requests.clear();
    }
    double metric(const std::string& series) const {
        const std::string text = "\n" + registry.expose();
        const std::size_t at = text.find("\n" + series + " ");
        return at == std::string::npos ? -1 : std::atof(text.c_str() + at + series.size() + 2);
    }

    test::FakeTitle title;
    std::string arm = "stable";
    bool down = false, titles = true, broken = false, reports_refused = false;
    std::vector<std::string> reports;
    test::ManualExecutor executor;
    test::FakeClock clock;
    test::FakeNetwork network{executor, clock};
    telemetry::Metrics registry;
    viewers::ViewerMetrics metrics;
    std::unique_ptr<Crowd> crowd;
};
}  // namespace

class TestCrowd : public QObject {
    Q_OBJECT
private slots:
    void viewers_come_one_by_one_play_leave_and_come_again() {
        Rig rig;
        rig.crowd->set_count(40);
        rig.run(2);
        const auto early = rig.crowd->status();
        QVERIFY(early.playing > 5 && early.playing < 30);
        rig.run(120);
        const auto later = rig.crowd->status();
        QVERIFY(later.playing > 25);
        QVERIFY(later.sessions > 100);
        QVERIFY(later.gateway_up);
        QCOMPARE(later.titles, std::size_t(1));
        QVERIFY(rig.metric(R"(viewer_startup_seconds_count{arm="stable"})") > 100);
        const double watched = rig.metric(R"(viewer_watch_seconds_total{arm="stable"})");
        QVERIFY2(watched > 40 * 122 * 0.6 && watched < 40 * 122, qPrintable(QString::number(watched)));
        QCOMPARE(rig.metric(R"(viewer_stall_seconds_total{arm="stable"})"), 0.0);
        QCOMPARE(rig.metric(R"(viewer_errors_total{arm="stable",kind="status_5xx"})"), 0.0);
        QVERIFY(rig.metric("viewer_active") == double(later.playing));
    }

    void each_viewer_asks_for_the_list_the_page_and_the_stream_with_a_session_of_his_own() {
        Rig rig;
        rig.crowd->set_count(5);
        rig.network.run_for(std::chrono::seconds(3));
        QCOMPARE(rig.network.count("/videos?"), std::size_t(1));
        QCOMPARE(rig.network.count("/videos/t1"), std::size_t(5));
        std::set<std::string> sessions;
        for (const auto& request : rig.network.requests)
            if (const auto at = request.url.find("/stream/t1?s="); at != std::string::npos)
                sessions.insert(request.url.substr(at));
        QCOMPARE(sessions.size(), std::size_t(5));
    }

    void each_reports_to_the_platform_from_the_start_of_a_play_to_its_end() {
        Rig rig;
        rig.crowd->set_count(10);
        rig.run(60);
        rig.crowd->set_count(0);
        QVERIFY(!rig.crowd->reported());
        rig.run(0.2);
        QVERIFY(rig.crowd->reported());
        std::map<std::string, std::string> last;  // by session
        std::size_t starts = 0;
        for (const std::string& report : rig.reports) {
            starts += report.find(R"("state":"starting")") != std::string::npos;
            QVERIFY(report.find(R"("title":"t1","client":"viewer")") != std::string::npos);
            last[report.substr(0, report.find(','))] = report;
        }
        QVERIFY(last.size() > 10);
        QCOMPARE(starts, last.size());
        for (const auto& [session, report] : last)
            QVERIFY2(report.find(R"("state":"stopped")") != std::string::npos ||
                         report.find(R"("state":"ended")") != std::string::npos ||
                         report.find(R"("state":"exit_before_start")") != std::string::npos,
                     report.c_str());
        QVERIFY(rig.metric("viewer_reports_total") > double(2 * last.size()));
        QCOMPARE(rig.metric("viewer_reports_dropped_total"), 0.0);
    }

    void a_platform_that_takes_no_reports_changes_nothing_for_them() {
        Rig rig;
        rig.reports_refused = true;
        rig.crowd->set_count(20);
        rig.run(60);
        QVERIFY(rig.crowd->status().playing > 10);
        QCOMPARE(rig.metric(R"(viewer_stall_seconds_total{arm="stable"})"), 0.0);
        QVERIFY(rig.metric("viewer_reports_dropped_total") > 20);
    }

    void numbers_change_while_running() {
        Rig rig;
        rig.crowd->set_count(30);
        rig.run(20);
        rig.crowd->set_count(3);
        rig.run(2);
        QVERIFY(rig.crowd->status().playing <= 3);
        QVERIFY(rig.network.under_way() <= 6);
        rig.crowd->set_count(0);
        rig.run(5);
        QCOMPARE(rig.crowd->status().playing, std::size_t(0));
        QCOMPARE(rig.network.under_way(), std::size_t(0));
        rig.crowd->set_count(10);
        rig.run(10);
        QVERIFY(rig.crowd->status().playing > 5);
    }

    void without_titles_they_wait_and_go_on_when_there_are_some() {
        Rig rig;
        rig.titles = false;
        rig.crowd->set_count(20);
        rig.run(30);
        QCOMPARE(rig.crowd->status().waiting, std::size_t(20));
        QVERIFY(rig.crowd->status().gateway_up);
        QCOMPARE(rig.metric("viewer_waiting"), 20.0);
        rig.network.run_for(std::chrono::seconds(10), std::chrono::milliseconds(20));
        QVERIFY(rig.network.requests.size() <= 12);  // one asks for all
        rig.titles = true;
        rig.run(20);
        QCOMPARE(rig.crowd->status().waiting, std::size_t(0));
        QVERIFY(rig.crowd->status().playing > 12);
    }

    void a_gateway_that_goes_and_comes_back_is_found_again() {
        Rig rig;
        rig.crowd->set_count(20);
        rig.run(20);
        rig.down = true;
        rig.run(60);
        QVERIFY(!rig.crowd->status().gateway_up);
        QCOMPARE(rig.metric("viewer_gateway_up"), 0.0);
        QVERIFY(rig.crowd->status().waiting > 10);
        QVERIFY(rig.metric(R"(viewer_errors_total{arm="stable",kind="connect"})") > 0);
        QVERIFY(rig.metric(R"(viewer_stall_seconds_total{arm="stable"})") >= 0);
        rig.down = false;
        rig.run(40);
        QVERIFY(rig.crowd->status().gateway_up);
        QVERIFY(rig.crowd->status().playing > 12);
        QCOMPARE(rig.metric("viewer_gateway_up"), 1.0);
    }

    void failures_are_booked_on_the_arm_that_served() {
        Rig rig;
        rig.arm = "canary";
        rig.broken = true;
        rig.crowd->set_count(10);
        rig.run(30);
        QVERIFY(rig.metric(R"(viewer_errors_total{arm="canary",kind="status_5xx"})") > 20);
        QVERIFY(rig.metric(R"(viewer_sessions_total{arm="canary",outcome="start_failure"})") > 5);
        QCOMPARE(rig.metric(R"(viewer_startup_seconds_count{arm="canary"})"), 0.0);
        QCOMPARE(rig.metric(R"(viewer_errors_total{arm="stable",kind="status_5xx"})"), 0.0);
    }

    void a_forced_arm_is_asked_for_with_the_token() {
        viewers::CrowdOptions options;
        options.forced_arm = "canary";
        options.token = "secret";
        Rig rig(options);
        rig.crowd->set_count(2);
        rig.network.run_for(std::chrono::seconds(4));
        for (const auto& request : rig.network.requests) {
            if (request.url.find("/stream/") == std::string::npos) continue;
            QCOMPARE(std::string(request.headers.get("X-Quarterdeck-Arm")), std::string("canary"));
            QCOMPARE(std::string(request.headers.get("Authorization")), std::string("Bearer secret"));
        }
        QVERIFY(rig.network.count("/stream/") > 0);
    }

    void when_it_is_over_nothing_happens_any_more() {
        Rig rig;
        rig.crowd->set_count(20);
        rig.run(10);
        rig.crowd.reset();
        rig.run(0.1);
        QCOMPARE(rig.network.under_way(), std::size_t(0));
        rig.network.run_for(std::chrono::seconds(30));
        QVERIFY(rig.network.requests.empty());
    }
};

QTEST_GUILESS_MAIN(TestCrowd)
#include "tst_crowd.moc"
