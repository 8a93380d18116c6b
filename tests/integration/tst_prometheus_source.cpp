// opsd reads a real Prometheus that scrapes a little exporter: live, its past, and across its loss.
#include <QTemporaryDir>
#include <QtTest>

#include "core/files.hpp"
#include "http/server.hpp"
#include "opsclient/client.hpp"
#include "support/answer.hpp"
#include "support/peer.hpp"

using namespace qd;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t per_scrape = 40, bad_per_scrape = 3;
constexpr auto sample_distance = 20s;
constexpr std::int64_t per_sample = 50;
constexpr const char* objectives = R"(slos:
  - id: live
    title: Live and past
    objective_percent: 90
    window_s: 172800
    source: real
    indicator:
      kind: ratio
      good: {metric: requests_total, labels: {code: "!5*", route: "/a*"}}
      total: {metric: requests_total, labels: {route: "/a*"}}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 20}]
  - id: asked
    title: By PromQL
    objective_percent: 90
    window_s: 172800
    source: real
    indicator:
      kind: promql
      good: requests_total{code!~"5.."} # those that were answered
      total: requests_total
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 20}]
  - id: by-code
    title: By code
    objective_percent: 90
    window_s: 172800
    source: real
    group_by: [code]
    indicator:
      kind: ratio
      good: {metric: requests_total, labels: {code: "!5*"}}
      total: {metric: requests_total}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 20}]
  - id: broken
    title: No PromQL
    objective_percent: 90
    window_s: 172800
    source: real
    indicator: {kind: promql, good: 'sum(', total: requests_total}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 20}]
)";
constexpr const char* token = "0123456789abcdef0123456789abcdef";

/// Counts on at each scrape.
class Exporter {
public:
    Exporter() {
        server_.route_blocking(http::Method::get, "/metrics", [this](const http::Request&) {
            const std::int64_t scrapes = ++scrapes_, all = scrapes * per_scrape,
                               bad = scrapes * bad_per_scrape;
            return http::Response::text(
                200,
                fmt::format("# TYPE requests_total counter\nrequests_total{{code=\"200\",route=\"/a\"}} {}\n"
                            "requests_total{{code=\"503\",route=\"/a\"}} {}\n",
                            all - bad, bad));
        });
        if (!server_.start()) qFatal("no server");
    }
    std::string address() const { return server_.address(); }
    std::int64_t scrapes() const { return scrapes_; }

private:
    std::atomic<std::int64_t> scrapes_{0};
    http::Server server_{http::ServerOptions{}};
};

}  // namespace

class TestPrometheusSource : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    http::Client http_;
    core::SystemClock clock_;
    core::SystemRandom random_;
    core::ThreadPool pool_{1, "client"};
    Exporter exporter_;
    quint16 port_ = 0;
    std::unique_ptr<test::Peer> peer_;
    test::Program opsd_;
    std::optional<opsclient::Client> client_;
    std::int64_t past_from_s_ = 0, past_to_s_ = 0;

    std::string path(const std::string& name) const { return folder_.path().toStdString() + "/" + name; }
    void write(const std::string& name, const std::string& text) const {
        if (!core::write_file_atomically(path(name), text, 0600)) qFatal("cannot write");
    }

    /// Four hours of yesterday as blocks that Prometheus opens.
    void writeHistory(const QString& promtool) {
        const auto now = std::chrono::floor<std::chrono::hours>(clock_.now());
        std::string good, bad;
        std::int64_t value = 0;
        past_from_s_ = (now - 30h).time_since_epoch() / 1s;
        past_to_s_ = (now - 26h).time_since_epoch() / 1s;
        for (core::WallTime at = now - 30h; at <= now - 26h; at += sample_distance) {
            value += per_sample;
            good += fmt::format("requests_total{{code=\"200\",route=\"/a\",instance=\"old\"}} {} {}\n",
                                value * 9, at.time_since_epoch() / 1s);
            bad += fmt::format("requests_total{{code=\"503\",route=\"/a\",instance=\"old\"}} {} {}\n", value,
                               at.time_since_epoch() / 1s);
        }
        write("old.txt", "# TYPE requests counter\n" + good + bad + "# EOF\n");
        QProcess make;
        make.setProcessChannelMode(QProcess::MergedChannels);
        make.start(promtool, {"tsdb", "create-blocks-from", "openmetrics",
                              QString::fromStdString(path("old.txt")), QString::fromStdString(path("data"))});
        QVERIFY(make.waitForFinished(60'000));
        QVERIFY2(make.exitCode() == 0, make.readAll().constData());
    }
    void startPrometheus() {
        peer_ = std::make_unique<test::Peer>(test::peerPath("prometheus"));
        peer_->start({QString::fromStdString("--config.file=" + path("prometheus.yml")),
                      QString::fromStdString("--storage.tsdb.path=" + path("data")),
                      "--storage.tsdb.retention.time=30d",
                      QString("--web.listen-address=127.0.0.1:%1").arg(port_)});
    }
    void startOpsd() {
        opsd_.start("opsd", {"--config", QString::fromStdString(path("opsd.yaml"))});
        QVERIFY(test::eventually([&] { return status("live").objective.target > 0; }, 20'000));
    }
    slo::Status status(const std::string& id) {
        test::Answer<slo::Status> answer;
        client_->slo(slo::SloId(id), answer.callback());
        return answer.get().value_or(slo::Status{});
    }
    opsclient::Source source() {
        test::Answer<std::vector<opsclient::Source>> answer;
        client_->sources(answer.callback());
        const auto sources = answer.get();
        return sources && sources->size() == 2 ? sources->at(1) : opsclient::Source{};
    }

private slots:
    void initTestCase() {
        const QString promtool = test::peerPath("promtool");
        if (test::peerPath("prometheus").isEmpty() || promtool.isEmpty())
            QSKIP("prometheus is neither unpacked in build/peers nor installed");
        writeHistory(promtool);
        if (QTest::currentTestFailed()) return;
        port_ = test::freePort();
        const quint16 opsd_port = test::freePort();
        write("prometheus.yml",
              fmt::format("global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n"
                          "  - {{job_name: exporter, static_configs: [{{targets: ['{}']}}]}}\n",
                          exporter_.address()));
        write("token", std::string(token) + "\n");
        write("slos.yaml", objectives);
        write("opsd.yaml",
              fmt::format("data: {0}\ntoken_file: {0}/token\nlisten: 127.0.0.1:{1}\n"
                          "slos: ['{0}/slos.yaml']\n"
                          "sources: [{{name: real, url: 'http://127.0.0.1:{2}', timeout_s: 2}}]\n",
                          folder_.path().toStdString(), opsd_port, port_));
        client_.emplace(opsclient::Endpoint{fmt::format("http://127.0.0.1:{}", opsd_port), token}, http_,
                        pool_, random_);
        startPrometheus();
        QVERIFY2(test::eventually([&] { return exporter_.scrapes() >= 3; }, 30'000),
                 peer_->output().constData());
        startOpsd();
    }
    void cleanupTestCase() {
        opsd_.end();
        client_.reset();
        peer_.reset();
    }

    void itsCountersAreCountedToTheLastEvent() {
        QVERIFY(test::eventually([&] { return status("live").health == slo::Health::healthy; }, 30'000));
        const auto before = status("live");
        const std::int64_t scrapes = exporter_.scrapes();
        QTest::qWait(8'000);
        const auto after = status("live");
        const auto counted = after.rows[0].long_window.counts;
        QVERIFY2(counted.total % per_scrape == 0 &&
                     counted.good == counted.total / per_scrape * (per_scrape - bad_per_scrape),
                 qPrintable(QString("%1 of %2").arg(counted.good).arg(counted.total)));
        const auto grown = std::int64_t(counted.total - before.rows[0].long_window.counts.total);
        QVERIFY2(std::abs(grown - (exporter_.scrapes() - scrapes) * per_scrape) <= 2 * per_scrape,
                 qPrintable(QString::number(grown)));
        QCOMPARE(after.objective.source, std::string("real"));
        const auto asked = status("asked").rows[0].long_window.counts;
        QVERIFY(asked.total > 0 && asked.total % per_scrape == 0);
        QVERIFY(std::abs(*asked.good_ratio() - *counted.good_ratio()) < 1e-9);
    }

    void itsPastIsFilledIn() {
        QVERIFY2(test::eventually(
                     [&] {
                         return source().backfill && source().backfill->left_s == 0 &&
                                source().backfill->filled_s >= 2 * 4 * 3600;
                     },
                     30'000),
                 source().backfill ? source().backfill->reason.c_str() : "no backfill");
        for (const char* id : {"live", "asked"}) {
            const auto status = this->status(id);
            const double counted = double(past_to_s_ - past_from_s_) / 20 * per_sample * 10;
            const auto live = status.rows[0].long_window.counts;
            const double past = double(status.window.counts.total - live.total);
            QVERIFY2(std::abs(past - counted) <= 0.001 * counted + 10 * per_sample,
                     qPrintable(QString("%1: %2 of %3").arg(id).arg(past).arg(counted)));
            QVERIFY(std::abs(status.window.covered_s - 4 * 3600) <= 900);
            QVERIFY(std::abs(double(status.window.counts.good - live.good) / past - 0.9) <= 0.001);
        }
    }

    void itsLabelsAreToldApartWithTheirPast() {
        const std::uint64_t past = std::uint64_t(past_to_s_ - past_from_s_) / 20 * per_sample;
        QVERIFY2(test::eventually(
                     [&] { return status("by-code--503").window.counts.total > past * 99 / 100; }, 30'000),
                 qPrintable(QString::number(status("by-code--503").window.counts.total)));
        const auto failed = status("by-code--503"), fine = status("by-code--200");
        QCOMPARE(failed.objective.group->labels, (slo::GroupLabels{{"code", "503"}}));
        QCOMPARE(failed.window.counts.good, std::uint64_t(0));
        QCOMPARE(failed.rows[0].long_window.counts.total % std::uint64_t(bad_per_scrape), std::uint64_t(0));
        QCOMPARE(fine.window.counts.good, fine.window.counts.total);
        QCOMPARE(failed.health, slo::Health::burning);
    }

    void aQuestionThatMakesNoSenseIsItsObjectivesTrouble() {
        const auto broken = status("broken");
        QCOMPARE(broken.health, slo::Health::no_data);
        QVERIFY(!broken.sli);
        QVERIFY2(!broken.reasons.empty() && broken.reasons[0].find("parse error") != std::string::npos,
                 broken.reasons.empty() ? "no reason" : broken.reasons[0].c_str());
        QVERIFY(source().health == "up" || source().health == "slow");
    }

    void itsLossIsStaleAndItsReturnIsSeen() {
        const auto covered = status("live").window.covered_s;
        peer_.reset();
        QVERIFY(test::eventually([&] { return status("live").health == slo::Health::stale; }, 20'000));
        const auto lost = status("live");
        QVERIFY(!lost.reasons.empty() && lost.reasons[0].find("no answer") != std::string::npos);
        QCOMPARE(source().health, std::string("lost"));
        startPrometheus();
        QVERIFY2(test::eventually([&] { return status("live").health == slo::Health::healthy; }, 60'000),
                 peer_->output().constData());
        QVERIFY(status("live").window.covered_s > covered);
        const auto counts = status("live").rows[0].long_window.counts;
        QVERIFY(counts.total % per_scrape == 0);
    }

    void aRestartOfOursKeepsWhatWasFilled() {
        const auto before = status("live");
        opsd_.end();
        startOpsd();
        const auto after = status("live");
        QVERIFY(after.window.covered_s + 10 >= before.window.covered_s);
        QVERIFY(std::int64_t(after.window.counts.total) + 10 * per_scrape >=
                std::int64_t(before.window.counts.total));
        QVERIFY(after.window.covered_s < 5 * 3600);  // and nothing twice
    }
};

QTEST_GUILESS_MAIN(TestPrometheusSource)
#include "tst_prometheus_source.moc"
