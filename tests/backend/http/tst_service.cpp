// What every service shows: health, metrics by route and code, and an access log.

#include <QTemporaryDir>
#include <QtTest>
#include <atomic>
#include <fstream>

#include "http/client.hpp"
#include "http/service.hpp"

using namespace qd;

class TestService : public QObject {
    Q_OBJECT

private slots:
    void health_metrics_and_access_log() {
        QTemporaryDir folder;
        const std::string log_path = folder.filePath("a.log").toStdString();
        telemetry::Metrics metrics;
        std::atomic<bool> ready{false};
        {
            telemetry::Log log("api", "api-1", log_path);
            http::Server server({});
            server.route(
                http::Method::get, "/videos/{id}",
                [](http::Request&& request, http::Responder&& responder) {
                    responder.send(http::Response::text(request.capture("id") == "0" ? 404 : 200, "x"));
                },
                {.name = "/videos/:id", .admit = {}});
            http::add_service_endpoints(server, metrics, log, {"api", "v2", "canary", "api-1"},
                                        [&]() -> core::Result<> {
                                            if (ready) return {};
                                            return core::fail(core::Errc::unavailable, "still loading");
                                        });
            QVERIFY(server.start());
            http::Client client;
            const auto get = [&](const std::string& path) {
                http::ClientRequest request;
                request.url = "http://" + server.address() + path;
                return client.fetch(request).value();
            };
            QCOMPARE(get("/-/healthy").status, 200u);
            QCOMPARE(get("/livez").status, 200u);
            QCOMPARE(get("/-/ready").status, 503u);
            QVERIFY(get("/readyz").body.find("still loading") != std::string::npos);
            ready = true;
            QCOMPARE(get("/-/ready").status, 200u);
            for (const char* path : {"/videos/1", "/videos/2", "/videos/0", "/none"}) get(path);
            const auto has = [&](const std::string& line) {
                return get("/metrics").body.find(line) != std::string::npos;
            };
            const std::string labels =
                "method=\"GET\",role=\"canary\",route=\"/videos/:id\",service=\"api\",version=\"v2\"";
            QTRY_VERIFY(has("streamd_http_requests_total{code=\"200\"," + labels + "} 2\n"));
            QTRY_VERIFY(has("streamd_http_requests_total{code=\"404\"," + labels + "} 1\n"));
            QVERIFY(has("streamd_http_request_duration_seconds_bucket{" + labels + ",le=\"0.3\"} 3\n"));
            QVERIFY(has("route=\"unmatched\""));
            QVERIFY(get("/metrics").headers.get("Content-Type").starts_with("text/plain; version=0.0.4"));
        }
        std::ifstream file(log_path);
        std::string text((std::istreambuf_iterator<char>(file)), {});
        QVERIFY(text.find("\"path\":\"/videos/1\",\"route\":\"/videos/:id\",\"status\":200") !=
                std::string::npos);
        QVERIFY(text.find("\"request_id\":\"") != std::string::npos);
        QVERIFY(text.find("/metrics") == std::string::npos);  // probes are no news
    }
};

QTEST_GUILESS_MAIN(TestService)
#include "tst_service.moc"
