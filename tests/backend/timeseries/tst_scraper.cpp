#include <QElapsedTimer>
#include <QtTest>

#include "core/executor.hpp"
#include "http/server.hpp"
#include "support/fake_clock.hpp"
#include "timeseries/scraper.hpp"

using namespace qd;
using namespace qd::timeseries;

class TestScraper : public QObject {
    Q_OBJECT

private slots:
    void slowAndDeadTargetsHoldNobodyUp() {
        core::ThreadPool pool(1, "late");
        http::Server server(http::ServerOptions{});
        server.route_blocking(http::Method::get, "/metrics",
                              [](const http::Request&) { return http::Response::text(200, "a 1\n"); });
        server.route_blocking(http::Method::get, "/broken", [](const http::Request& request) {
            return http::problem(500, "broken", request.request_id);
        });
        std::vector<http::Responder> never;  // answered by nobody until the end
        std::mutex mutex;
        server.route(http::Method::get, "/hangs", [&](http::Request&&, http::Responder&& responder) {
            const std::lock_guard lock(mutex);
            never.push_back(std::move(responder));
        });
        QVERIFY(server.start().has_value());
        http::Client client;
        test::FakeClock clock;
        Scraper scraper(client, clock, std::chrono::milliseconds(400));
        const std::string base = "http://" + server.address();
        std::vector<Target> targets;
        for (int i = 0; i < 20; ++i) targets.push_back({"ok" + std::to_string(i), base + "/metrics"});
        targets.push_back({"hangs", base + "/hangs"});
        targets.push_back({"broken", base + "/broken"});
        targets.push_back({"dead", "http://127.0.0.1:1/metrics"});
        QElapsedTimer timer;
        timer.start();
        const auto round = scraper.scrape(targets);
        QVERIFY(timer.elapsed() < 5'000);
        QCOMPARE(round.size(), targets.size());
        for (int i = 0; i < 20; ++i) QCOMPARE(round[std::size_t(i)].text.value(), std::string("a 1\n"));
        QCOMPARE(round[20].text.error().code, core::Errc::timeout);
        QVERIFY(!round[21].text && !round[22].text);
        QCOMPARE(round[22].target.instance, std::string("dead"));
        QVERIFY(scraper.scrape({}).empty());
        {
            const std::lock_guard lock(mutex);
            never.clear();
        }
        server.stop();
    }
};

QTEST_GUILESS_MAIN(TestScraper)
#include "tst_scraper.moc"
