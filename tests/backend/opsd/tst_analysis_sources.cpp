// What the metrics of analysis templates are measured with.
#include "opsd/analysis_sources.hpp"

#include <QtTest>

#include "support/fake_clock.hpp"
#include "support/fake_prometheus.hpp"

using namespace qd;
using opsd::AnalysisSources;
using rollouts::MetricProvider;
using rollouts::MetricSpec;

namespace {

MetricSpec metric(MetricProvider::Kind kind, const std::string& query, const std::string& address = {}) {
    MetricSpec spec;
    spec.name = query;
    spec.provider.kind = kind;
    spec.provider.query = query;
    spec.provider.address = address;
    return spec;
}

struct Rig {
    test::FakeClock clock;
    test::FakePrometheus api{clock};
    http::Client client;
    timeseries::ArmCounts counts;
    std::chrono::milliseconds asked_for{0};
    std::string asked_arm;

    AnalysisSources sources(bool configured = true) {
        std::vector<qd::prometheus::SourceOptions> known(configured ? 1 : 0);
        if (configured) known[0].name = "production", known[0].access.url = api.url();
        return AnalysisSources(
            client, clock,
            [this](std::string_view arm, core::WallTime from, core::WallTime to) {
                asked_arm = arm;
                asked_for = to - from;
                return counts;
            },
            std::move(known));
    }
};

}  // namespace

class TestAnalysisSources : public QObject {
    Q_OBJECT

private slots:
    void aPrometheusIsAskedByNameByUrlOrAsTheFirst() {
        Rig rig;
        auto sources = rig.sources();
        rig.api.set({{"__name__", "errors"}}, 0.25);
        for (const std::string& address : {std::string(), std::string("production"), rig.api.url()}) {
            const auto value =
                sources.measure(metric(MetricProvider::Kind::prometheus, "errors", address), rig.clock.now());
            QVERIFY2(value, value ? "" : value.error().message.c_str());
            QCOMPARE(*value, std::string("[0.25]"));
        }
        auto unknown = rig.sources(false);
        QCOMPARE(*unknown.measure(metric(MetricProvider::Kind::prometheus, "errors", rig.api.url()), {}),
                 std::string("[0.25]"));
    }

    void noSeriesIsAnEmptyListAndManyAreAList() {
        Rig rig;
        auto sources = rig.sources();
        const auto spec = metric(MetricProvider::Kind::prometheus, "errors");
        QCOMPARE(*sources.measure(spec, {}), std::string("[]"));
        rig.api.set({{"__name__", "errors"}, {"a", "1"}}, 1);
        rig.api.set({{"__name__", "errors"}, {"a", "2"}}, 2.5);
        QCOMPARE(*sources.measure(spec, {}), std::string("[1,2.5]"));
    }

    void whatCannotBeAskedSaysWhy() {
        Rig rig;
        auto none = rig.sources(false);
        QCOMPARE(none.measure(metric(MetricProvider::Kind::prometheus, "up"), {}).error().code,
                 core::Errc::config);
        QCOMPARE(none.measure(metric(MetricProvider::Kind::prometheus, "up", "file:///etc/passwd"), {})
                     .error()
                     .code,
                 core::Errc::invalid_argument);
        auto sources = rig.sources();
        rig.api.fail(503);
        const auto down = sources.measure(metric(MetricProvider::Kind::prometheus, "up"), {});
        QVERIFY2(!down && down.error().message.find("production") != std::string::npos,
                 down.error().message.c_str());
        sources.stop();
        QVERIFY(!sources.measure(metric(MetricProvider::Kind::prometheus, "up"), {}));
    }

    void addressesAreBounded() {
        Rig rig;
        auto sources = rig.sources(false);
        rig.api.set({{"__name__", "up"}}, 1);
        for (std::size_t i = 0; i < AnalysisSources::max_addresses; ++i)
            (void)sources.measure(
                metric(MetricProvider::Kind::prometheus, "up", rig.api.url() + "/" + std::to_string(i)), {});
        QCOMPARE(
            sources.measure(metric(MetricProvider::Kind::prometheus, "up", rig.api.url()), {}).error().code,
            core::Errc::too_large);
    }

    void theSitesFiguresAreOfTheArmOverTheInterval() {
        Rig rig;
        auto sources = rig.sources();
        rig.counts.total = 200;
        rig.counts.good = 190;
        rig.counts.latency_s = {{0.1, 50}, {0.2, 150}, {0.5, 200}, {INFINITY, 200}};
        rig.counts.startup_s = {{1, 100}, {INFINITY, 100}};
        rig.counts.watch_s = 50;
        rig.counts.stall_s = 5;
        rig.counts.scored_pictures = 40;
        rig.counts.ssim_sum = 38;
        auto spec = metric(MetricProvider::Kind::site, "error_ratio");
        spec.interval = std::chrono::seconds(30);
        QCOMPARE(*sources.measure(spec, rig.clock.now()), std::string("[0.05]"));
        QCOMPARE(rig.asked_for, std::chrono::milliseconds(30'000));
        QCOMPARE(rig.asked_arm, std::string("canary"));
        const std::map<std::string, double> expected{{"slow_ratio", 0.25},
                                                     {"stall_ratio", 0.1},
                                                     {"latency_p95", 0.44},
                                                     {"startup_p95", 0.95},
                                                     {"picture_ssim", 0.95}};
        for (const auto& [query, value] : expected) {
            const auto text = sources.measure(metric(MetricProvider::Kind::site, query), rig.clock.now());
            QVERIFY2(text, query.c_str());
            QVERIFY2(qAbs(std::stod(text->substr(1)) - value) < 1e-9, text->c_str());
        }
        QCOMPARE(rig.asked_for, std::chrono::milliseconds(60'000));
    }

    void noTrafficIsNoFigure() {
        Rig rig;
        auto sources = rig.sources();
        for (const char* query : {"error_ratio", "slow_ratio", "stall_ratio", "latency_p95", "startup_p95",
                                  "picture_difference", "picture_ssim"}) {
            const auto value = sources.measure(metric(MetricProvider::Kind::site, query), rig.clock.now());
            QVERIFY(!value);
            QCOMPARE(value.error().code, core::Errc::unavailable);
        }
        QCOMPARE(sources.measure(metric(MetricProvider::Kind::site, "nothing"), {}).error().code,
                 core::Errc::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestAnalysisSources)
#include "tst_analysis_sources.moc"
