// What players see reaches the platform on a site of real processes: their reports become metrics by the arm
// that served them, those an objective and the figures of an arm; and one request of one segment is found in
// the logs of every process that had a hand in it.

#include <QTest>
#include <map>
#include <set>

#include "support/site.hpp"

using namespace qd;
using http::Method;
using nlohmann::json;
using test::eventually;

class TestPlaybackAnalytics : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::unique_ptr<test::Site> site_;
    std::string title_;

    /// The series' sum over the api processes; nothing where none has it.
    std::optional<double> sum(const std::string& series) {
        std::optional<double> total;
        const auto text = core::read_file(site_->data() / "endpoints.json");
        const auto endpoints = text ? site::decode_endpoints(*text) : site_->endpoints();
        if (!endpoints) return total;
        for (const site::ProcessInfo& process : endpoints->processes) {
            if (process.role != "api") continue;
            const std::string page =
                "\n" + site_->ask("http://" + process.address, Method::get, "/metrics", {}).text;
            const std::size_t at = page.find("\n" + series + " ");
            if (at != std::string::npos)
                total = total.value_or(0) + std::atof(page.c_str() + at + series.size() + 2);
        }
        return total;
    }

    std::string report(const std::string& session, int seq, const std::string& state, double watched_s) {
        return json{{"session_id", session},
                    {"title", title_},
                    {"client", "console"},
                    {"seq", seq},
                    {"acked", seq - 1},
                    {"state", state},
                    {"at", core::format_rfc3339(core::SystemClock().now())},
                    {"startup_s", 0.21},
                    {"watched_s", watched_s},
                    {"stalled_s", 0.5},
                    {"stalls", 1},
                    {"media_played_s", watched_s},
                    {"average_bps", 400'000},
                    {"errors", {{"timeout", 1}}}}
            .dump();
    }
    test::SiteAnswer tell(const std::string& session, const std::string& body, const std::string& arm = {}) {
        return site_->gateway(Method::post,
                              "/api/v1/analytics/playback?s=" + session + (arm.empty() ? "" : "&arm=" + arm),
                              body);
    }

private slots:
    void initTestCase() {
        QFile config(folder_.filePath("site.yaml"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("titles: 1\nviewers: 6\napi_instances: 2\n");
        config.close();
        site_ = std::make_unique<test::Site>(QStringList{"--config", config.fileName()});
        QVERIFY(site_->up());
        QVERIFY(eventually(
            [this] {
                const json list = site_->gateway(Method::get, "/api/v1/videos").json;
                for (const json& item : list.is_object() ? list.value("items", json::array()) : json::array())
                    if (item.value("state", "") == "playable" || item.value("state", "") == "ready")
                        title_ = item.at("id").get<std::string>();
                return !title_.empty();
            },
            120'000));
    }
    void cleanupTestCase() { site_.reset(); }

    void viewers_plays_become_metrics_and_an_objective() {
        QVERIFY(eventually(
            [this] { return sum("player_startup_seconds_count{arm=\"stable\"}").value_or(0) >= 3; }, 60'000));
        QVERIFY(eventually(
            [this] { return sum("player_watched_seconds_total{arm=\"stable\"}").value_or(0) >= 30; },
            60'000));
        // As much as the viewers' own process says, but for what is still to be reported.
        const auto viewers = site_->process("viewers-1");
        QVERIFY(viewers);
        const std::string own = site_->ask("http://" + viewers->address, Method::get, "/metrics", {}).text;
        const std::string series = "viewer_watch_seconds_total{arm=\"stable\"} ";
        const std::size_t at = own.find("\n" + series);
        QVERIFY(at != std::string::npos);
        const double watched = std::atof(own.c_str() + at + 1 + series.size());
        const double reported = sum("player_watched_seconds_total{arm=\"stable\"}").value();
        qInfo("viewers say %.1f s, the platform %.1f s", watched, reported);
        QVERIFY(reported <= watched + 6 * 2 && reported >= watched - 6 * 12);
        QVERIFY(eventually(
            [this] {
                const json startup = site_->get("/api/v1/slos/viewer-startup");
                const json stalls = site_->get("/api/v1/slos/viewer-stalls");
                return startup.value("total", 0) > 0 && stalls.value("total", 0) > 10'000;
            },
            30'000));
        QVERIFY(own.find("\nviewer_reports_dropped_total 0\n") != std::string::npos);
    }

    void a_report_counts_once_whichever_process_takes_it() {
        const double before = sum("player_errors_total{arm=\"stable\",kind=\"timeout\"}").value();
        QCOMPARE(tell("console-1", report("console-1", 1, "playing", 3)).status, 202u);
        for (int i = 0; i < 4; ++i) {
            const auto again = tell("console-1", report("console-1", 1, "playing", 3));
            QCOMPARE(again.json.value("result", ""), std::string("repeated"));
        }
        QCOMPARE(tell("console-1", report("console-1", 2, "ended", 5)).json.value("result", ""),
                 std::string("counted"));
        QCOMPARE(sum("player_errors_total{arm=\"stable\",kind=\"timeout\"}").value(), before + 1);
        QCOMPARE(tell("console-2", R"({"session_id":"console-2"})").status, 400u);
    }

    void a_segments_request_is_found_in_the_logs_of_gateway_and_api() {
        const auto played = site_->gateway(Method::get, "/api/v1/stream/" + title_ + "?s=log-1");
        QCOMPARE(played.status, 200u);
        const std::string request = std::string(played.headers.get("X-Request-Id"));
        QVERIFY(!request.empty());
        json found;
        QVERIFY(eventually(
            [&] {
                found = site_->get("/api/v1/logs?request=" + request);
                return found.value("items", json::array()).size() >= 2;
            },
            10'000));
        QVERIFY(found["complete"] == true);
        std::set<std::string> services, traces;
        for (const json& item : found["items"]) {
            services.insert(item["service"].get<std::string>());
            traces.insert(item["fields"]["trace_id"].get<std::string>());
        }
        QVERIFY(services == (std::set<std::string>{"api", "gateway"}));
        QCOMPARE(traces.size(), std::size_t(1));
        QCOMPARE(found["spans"].size(), std::size_t(2));
        std::map<std::string, double> spans;
        for (const json& span : found["spans"]) spans[span["service"]] = span["duration_ms"];
        QVERIFY(spans.contains("gateway") && spans.contains("api") && spans["gateway"] >= spans["api"]);
        const json by_trace = site_->get("/api/v1/logs?trace=" + *traces.begin());
        QCOMPARE(by_trace["items"].size(), found["items"].size());

        test::Program told("opsd", {"logs", "--data", QString::fromStdString(site_->data().string()),
                                    "--request", QString::fromStdString(request)});
        QVERIFY(told.process().waitForFinished(20'000));
        const QByteArray text = told.process().readAllStandardOutput();
        QCOMPARE(told.process().exitCode(), 0);
        QVERIFY2(text.contains("api-") && text.contains("gateway-1") && text.contains("/api/v1/stream/"),
                 text);
    }

    void a_canarys_plays_are_booked_on_it_by_the_processes_that_are_not_under_trial() {
        const auto begun =
            site_->opsd(Method::post, "/api/v1/rollouts?reason=a%20trial",
                        "strategy: {canary: {steps: [{setWeight: 1}, {pause: {}}]}}\n"
                        "target: {version: v2, faults: [{kind: error, amount: 503, ratio: 1}]}\n");
        QVERIFY2(begun.status == 201, begun.text.c_str());
        // It answers nothing but errors, and what its viewers see is known all the same.
        const auto forced = [this](const std::string& session, int seq, double watched_s) {
            http::ClientRequest request;
            request.method = Method::post;
            request.url = site_->endpoints().gateway + "/api/v1/analytics/playback?s=" + session;
            request.headers = {{"Authorization", "Bearer " + site_->token()},
                               {"X-Quarterdeck-Arm", "canary"}};
            request.body = report(session, seq, "playing", watched_s);
            return http_.fetch(std::move(request)).value_or(http::ClientResponse{});
        };
        const std::string series = "player_sessions_total{arm=\"canary\",outcome=\"ended\",version=\"v2\"}";
        int seq = 0;
        QVERIFY(eventually(
            [&] {
                ++seq;
                const auto answer = forced("canary-1", seq, 1 + seq * 0.1);
                return answer.status == 202 && sum(series).has_value();
            },
            60'000));
        QCOMPARE(forced("canary-2", 1, 2).body, std::string(R"({"seq":1,"result":"counted"})"));
        QVERIFY(sum("player_watched_seconds_total{arm=\"canary\"}").value_or(0) >= 2);
        QVERIFY(eventually(
            [this] {
                const json lines =
                    site_->get("/api/v1/series?name=startup_p95").value("lines", json::array());
                return std::ranges::any_of(
                    lines, [](const json& line) { return line.value("label", "") == "canary"; });
            },
            20'000));
    }

private:
    http::Client http_;
};

QTEST_GUILESS_MAIN(TestPlaybackAnalytics)
#include "tst_playback_analytics.moc"
