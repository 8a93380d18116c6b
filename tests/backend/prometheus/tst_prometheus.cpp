// A real Prometheus that scrapes an exporter of ours, asked over TLS with a client certificate and a
// password.
#include <QTemporaryDir>
#include <QtTest>

#include "core/files.hpp"
#include "http/server.hpp"
#include "prometheus/counts.hpp"
#include "slo/document.hpp"
#include "support/certificates.hpp"
#include "support/peer.hpp"

using namespace qd;
using namespace qd::prometheus;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t per_scrape = 40;
constexpr std::uint64_t bad_per_scrape = 3;
constexpr auto sample_distance = 20s;
constexpr std::int64_t per_sample = 50;

/// Counts on at each scrape, and remembers when.
class Exporter {
public:
    Exporter() {
        server_.route_blocking(http::Method::get, "/metrics", [this](const http::Request&) {
            const std::lock_guard lock(mutex_);
            ++scrapes_;
            const std::uint64_t all = scrapes_ * per_scrape, bad = scrapes_ * bad_per_scrape;
            return http::Response::text(
                200, fmt::format(
                         "# TYPE requests_total counter\nrequests_total{{code=\"200\",route=\"/a\"}} {}\n"
                         "requests_total{{code=\"503\",route=\"/a\"}} {}\n"
                         "# TYPE took_seconds histogram\ntook_seconds_bucket{{le=\"0.1\"}} {}\n"
                         "took_seconds_bucket{{le=\"+Inf\"}} {}\ntook_seconds_sum 1\ntook_seconds_count {}\n",
                         all - bad, bad, all - bad, all, all));
        });
        if (!server_.start()) qFatal("no server");
    }
    std::string address() const { return server_.address(); }
    std::uint64_t scrapes() {
        const std::lock_guard lock(mutex_);
        return scrapes_;
    }

private:
    std::mutex mutex_;
    std::uint64_t scrapes_ = 0;
    http::Server server_{http::ServerOptions{}};
};

slo::RatioIndicator availability() {
    return {{"requests_total",
             {slo::LabelMatcher::parse("code", "!5*"), slo::LabelMatcher::parse("route", "/a*|/b")}},
            {"requests_total", {slo::LabelMatcher::parse("route", "/a*|/b")}}};
}

}  // namespace

class TestPrometheus : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    http::Client client_;
    core::SystemClock clock_;
    Exporter exporter_;
    std::unique_ptr<test::Peer> peer_;
    SourceOptions options_;
    core::WallTime history_from_, history_to_;

    std::filesystem::path file(const std::string& name) const {
        return folder_.path().toStdString() + "/" + name;
    }
    void write(const std::string& name, const std::string& text) const {
        if (!core::write_file_atomically(file(name), text)) qFatal("cannot write");
    }
    QString argument(const char* flag, const std::string& name) const {
        return QString("%1=%2").arg(flag, QString::fromStdString(file(name).string()));
    }

    /// Four hours of yesterday with an hour's gap and a reset, as blocks that Prometheus opens.
    void writeHistory(const QString& promtool) {
        const auto now = std::chrono::floor<std::chrono::hours>(clock_.now());
        history_from_ = now - 30h;
        history_to_ = now - 26h;
        std::string good, bad;
        std::int64_t value = 0;
        for (auto at = history_from_; at <= history_to_; at += sample_distance) {
            value += per_sample;
            if (at == history_from_ + 150min) value = per_sample;  // a restart
            if (at > history_from_ + 1h && at < history_from_ + 2h) continue;
            const auto seconds = at.time_since_epoch().count() / 1000;
            good += fmt::format("old_total{{code=\"200\"}} {} {}\n", value * 9, seconds);
            bad += fmt::format("old_total{{code=\"500\"}} {} {}\n", value, seconds);
        }
        write("old.txt", "# TYPE old counter\n" + good + bad + "# EOF\n");
        QProcess make;
        make.setProcessChannelMode(QProcess::MergedChannels);
        make.start(promtool, {"tsdb", "create-blocks-from", "openmetrics",
                              QString::fromStdString(file("old.txt").string()),
                              QString::fromStdString(file("data").string())});
        QVERIFY(make.waitForFinished(60'000));
        QVERIFY2(make.exitCode() == 0, make.readAll().constData());
    }

private slots:
    void initTestCase() {
        const QString program = test::peerPath("prometheus");
        const QString promtool = test::peerPath("promtool");
        if (program.isEmpty() || promtool.isEmpty())
            QSKIP("prometheus is neither unpacked in build/peers nor installed");
        const test::Authority authority, stranger;
        authority.write(folder_.path().toStdString());
        authority.issue(folder_.path().toStdString(), "server");
        authority.issue(folder_.path().toStdString(), "console");
        stranger.issue(folder_.path().toStdString(), "stranger");
        write("password", "test\n");
        write(
            "web.yml",
            "tls_server_config: {cert_file: server.pem, key_file: server.key, client_ca_file: ca.pem, "
            "client_auth_type: RequireAndVerifyClientCert}\n"
            // bcrypt of "test"
            "basic_auth_users: {console: '$2b$04$j82cpzPYEwtnu9a6ZEiB7eBNE5e.dz1keuCgRivkbyyhIsidW.4q6'}\n");
        write("prometheus.yml",
              fmt::format("global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n"
                          "  - {{job_name: exporter, static_configs: [{{targets: ['{}']}}]}}\n",
                          exporter_.address()));
        writeHistory(promtool);
        if (QTest::currentTestFailed()) return;
        const quint16 port = test::freePort();
        peer_ = std::make_unique<test::Peer>(program);
        peer_->start({argument("--config.file", "prometheus.yml"), argument("--web.config.file", "web.yml"),
                      argument("--storage.tsdb.path", "data"), "--storage.tsdb.retention.time=30d",
                      QString("--web.listen-address=127.0.0.1:%1").arg(port)});
        options_.name = "real";
        options_.access.url = fmt::format("https://127.0.0.1:{}", port);
        options_.access.username = "console";
        options_.access.password_file = file("password");
        options_.access.tls = {file("ca.pem"), file("console.pem"), file("console.key")};
        Source source(options_, client_, clock_);
        QVERIFY2(
            test::eventually(
                [&] { return source.instant("vector(1)").has_value() && exporter_.scrapes() > 0; }, 30'000),
            peer_->output().constData());
    }
    void cleanupTestCase() { peer_.reset(); }

    void sumsAgreeWithWhatTheExporterCounted() {
        Source source(options_, client_, clock_);
        QVERIFY(test::eventually([&] { return exporter_.scrapes() >= 12; }, 40'000));
        const auto sum = [&](const std::string& query) {
            const auto answer = source.instant(query);
            return answer && answer->series.size() == 1 ? answer->series[0].samples[0].value : -1;
        };
        // A raw sum is one that we have handed out, to the last event.
        const std::uint64_t before = exporter_.scrapes();
        const double all = sum("sum(" + *selector_text(availability().total) + ")");
        QVERIFY2(all >= double((before - 1) * per_scrape) && all <= double(exporter_.scrapes() * per_scrape),
                 qPrintable(QString::number(all)));
        QVERIFY(std::fmod(all, double(per_scrape)) == 0);

        const auto ratio = read_counts(source, availability(), 10);
        QVERIFY2(ratio.has_value(), ratio ? "" : ratio.error().message.c_str());
        QVERIFY(ratio->counts.has_value() && !ratio->partial);
        QVERIFY2(std::abs(double(ratio->counts->total) - 10.0 * per_scrape) <= per_scrape,
                 qPrintable(QString::number(ratio->counts->total)));
        const double expected = 1 - double(bad_per_scrape) / per_scrape;
        QVERIFY(std::abs(*ratio->counts->good_ratio() - expected) <=
                0.001 + 1.0 / double(ratio->counts->total));
        const auto latency = read_counts(source, slo::LatencyIndicator{{"took_seconds", {}}, 0.1}, 10);
        QVERIFY2(latency.has_value() && latency->counts,
                 latency ? "no data" : latency.error().message.c_str());
        QVERIFY(std::abs(*latency->counts->good_ratio() - expected) <=
                0.001 + 1.0 / double(latency->counts->total));
        const SourceState state = source.state();
        QVERIFY2(state.health == SourceHealth::up || state.health == SourceHealth::slow,
                 state.reasons.empty() ? "" : state.reasons[0].c_str());
        QVERIFY(state.ahead && std::abs(state.ahead->count()) < 2);
    }

    void historyIsBackfilledWithItsGapAndItsReset() {
        Source source(options_, client_, clock_);
        const slo::RatioIndicator old{{"old_total", {slo::LabelMatcher::parse("code", "!5*")}},
                                      {"old_total", {}}};
        const auto history = backfill(source, old, history_from_, history_to_);
        QVERIFY2(history.has_value(), history ? "" : history.error().message.c_str());
        QVERIFY(!history->partial && !history->points.empty());
        const double steady = double(per_sample) * 10 * 220 / 20;
        std::size_t within_gap = 0;
        slo::Counts sum;
        double span_s = 0;
        for (const CountPoint& point : history->points) {
            const auto since = point.at - history_from_;
            if (since - 220s > 1h && since < 2h) ++within_gap;
            QVERIFY2(point.counts.total <= std::uint64_t(steady) + per_sample * 10, "more than was counted");
            // At the gap's edges only a part of the span is known.
            if (since < 1h || since - 220s > 2h) {
                QVERIFY2(std::abs(double(point.counts.total) - steady) <= per_sample * 10,
                         qPrintable(QString("%1 after %2 s").arg(point.counts.total).arg(since / 1s)));
                sum += point.counts;
                span_s += 220;
            }
        }
        QCOMPARE(within_gap, std::size_t(0));
        QVERIFY(span_s > 2.5 * 3600);
        const double counted = span_s / 20 * per_sample * 10;
        QVERIFY2(std::abs(double(sum.total) - counted) <= 0.001 * counted + per_sample * 10,
                 qPrintable(QString("%1 of %2").arg(sum.total).arg(counted)));
        QVERIFY(std::abs(*sum.good_ratio() - 0.9) <= 0.001);
    }

    void everyBuiltInObjectiveIsPromqlThatItTakes() {
        Source source(options_, client_, clock_);
        const auto objectives = slo::load_document(QUARTERDECK_RESOURCES "/slo/local.yaml");
        QVERIFY(objectives.has_value() && !objectives->empty());
        for (const slo::Objective& objective : *objectives) {
            const auto reading = read_counts(source, objective.indicator, objective.window_s);
            QVERIFY2(reading.has_value(), reading ? "" : reading.error().message.c_str());
            QVERIFY(!reading->counts);  // nobody here counts those: no data, not zero
        }
        // What must be escaped is taken too.
        const slo::Selector odd{"requests_total", {slo::LabelMatcher::parse("route", "a\"b\\c.+*|{x}*")}};
        QVERIFY(source.instant(*selector_text(odd)).has_value());
        QCOMPARE(source.instant("sum(").error().code, core::Errc::invalid_argument);
    }

    void whoCannotShowWhoTheyAreIsRefused() {
        const auto code = [&](const SourceOptions& options) {
            Source source(options, client_, clock_);
            const auto answer = source.instant("vector(1)");
            return answer ? std::string("answered") : std::string(core::to_string(answer.error().code));
        };
        QCOMPARE(code(options_), std::string("answered"));
        SourceOptions other = options_;
        write("wrong", "wrong\n");
        other.access.password_file = file("wrong");
        QCOMPARE(code(other), std::string("unauthenticated"));
        other = options_;
        other.access.tls.certificate_file.clear();
        other.access.tls.key_file.clear();
        QCOMPARE(code(other), std::string("unavailable"));
        other = options_;
        other.access.tls.certificate_file = file("stranger.pem");
        other.access.tls.key_file = file("stranger.key");
        QCOMPARE(code(other), std::string("unavailable"));
        other = options_;
        other.access.tls.ca_file.clear();  // the system's authorities do not know it
        QCOMPARE(code(other), std::string("unavailable"));
    }
};

QTEST_GUILESS_MAIN(TestPrometheus)
#include "tst_prometheus.moc"
