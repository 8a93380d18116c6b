// One exporter, scraped by a real Prometheus that evaluates the exported rules, and by our own counting: what
// they say of the same traffic, at every evaluation of a minute and a half with errors, a total failure, a
// restart of the process, silence, answers that are none, and a restart of ours.
//
// How far the two may differ is derived in window_difference.hpp.
#include <QTemporaryDir>
#include <QtTest>

#include "core/files.hpp"
#include "integration/window_difference.hpp"
#include "prometheus/answer.hpp"
#include "slo/alert.hpp"
#include "slo/interchange/duration.hpp"
#include "slo/interchange/prometheus.hpp"
#include "support/peer.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace std::chrono_literals;

namespace {

constexpr const char* peer_agent = "Prometheus/";
constexpr const char* our_agent = "quarterdeck";
constexpr double end_s = 86, reopened_s = 46;
// The groups of rows of 10 s are evaluated every 2 s.
constexpr std::int64_t evaluation_ms = 2'000, scrape_ms = 1'000;
// The exporter knows when it was asked, not which time Prometheus gave the scrape, nor when it had stored it.
constexpr std::chrono::milliseconds scrape_slack{60};

test::Script script() {
    return {200,
            {{0, 0.005, 0.02}, {8, 0.3, 0.6}, {18, 0.005, 0.02}, {50, 1, 0.02}, {62, 0.005, 0.02}},
            {{24, 25, test::Behaviour::fails},
             {28, 29, test::Behaviour::babbles},
             {38, 43, test::Behaviour::is_silent}},
            36.25};
}

std::vector<slo::Objective> objectives() {
    slo::Objective ratio;
    ratio.id = slo::SloId("availability");
    ratio.title = "Availability";
    ratio.service = "test";
    const auto route = slo::LabelMatcher::parse("route", "!/-/*");
    ratio.indicator = slo::RatioIndicator{
        {"requests_total", {slo::LabelMatcher::parse("code", "!5*"), route}}, {"requests_total", {route}}};
    ratio.target = 0.95;
    ratio.window_s = 90;
    ratio.rows = {{10, 60, 2, 20, 3, slo::Severity::sev2}, slo::outage_row(0.95, 20, slo::Severity::sev1)};
    slo::Objective latency = ratio;
    latency.id = slo::SloId("latency");
    latency.title = "Latency";
    latency.indicator =
        slo::LatencyIndicator{{"took_seconds", {slo::LabelMatcher::parse("route", "/a*")}}, 0.1};
    latency.target = 0.9;
    latency.rows.resize(1);
    // PromQL has no memory of its own results: a row that is exported ends as soon as it is below its factor.
    for (slo::Objective* objective : {&ratio, &latency})
        for (slo::BurnRow& row : objective->rows) row.clear_share = 1;
    return {ratio, latency};
}

/// What we said after one round.
struct Look {
    core::WallTime at{};
    core::WallTime beside{};  // Prometheus' scrape that it is a pair with
    std::vector<slo::Status> statuses;
};

}  // namespace

class TestSloAgainstPrometheus : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    core::SystemClock clock_;
    http::Client client_;
    test::ScriptedExporter exporter_{script(), clock_};
    std::unique_ptr<test::Peer> peer_;
    std::string peer_url_;
    std::unique_ptr<timeseries::Store> store_;
    std::vector<Look> looks_;
    std::vector<slo::Alert> alerts_;

    std::filesystem::path file(const std::string& name) const {
        return folder_.path().toStdString() + "/" + name;
    }

    /// The samples themselves, as Prometheus keeps them.
    std::vector<prometheus::Series> samples(const std::string& query) {
        http::ClientRequest request;
        request.url = peer_url_ + "/api/v1/query?query=" + http::percent_encode(query);
        const auto response = client_.fetch(request);
        if (!response) return {};
        auto answer = prometheus::decode_answer(response->body);
        return answer ? std::move(answer->series) : std::vector<prometheus::Series>{};
    }

    void startPrometheus(const QString& program) {
        const auto rules = slo::interchange::write_prometheus_rules(objectives());
        QVERIFY2(rules.has_value(), rules ? "" : rules.error().message.c_str());
        QVERIFY(core::write_file_atomically(file("rules.yml"), *rules));
        QVERIFY(core::write_file_atomically(
            file("prometheus.yml"),
            fmt::format("global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}\n"
                        "rule_files: [rules.yml]\nscrape_configs:\n"
                        "  - {{job_name: exporter, static_configs: [{{targets: ['{}']}}]}}\n",
                        exporter_.address())));
        const quint16 port = test::freePort();
        peer_url_ = fmt::format("http://127.0.0.1:{}", port);
        peer_ = std::make_unique<test::Peer>(program);
        const auto option = [&](const char* flag, const char* name) {
            return QString("%1=%2").arg(flag, QString::fromStdString(file(name).string()));
        };
        peer_->start({option("--config.file", "prometheus.yml"), option("--storage.tsdb.path", "data"),
                      QString("--web.listen-address=127.0.0.1:%1").arg(port)});
        const bool scrapes = test::eventually([&] { return exporter_.told(peer_agent).size() >= 3; }, 30'000);
        QVERIFY2(scrapes, peer_->output().constData());
    }

    void openStore() {
        auto opened =
            timeseries::Store::open(objectives(), file("counters.sqlite"), clock_, telemetry::null_log());
        QVERIFY2(opened.has_value(), opened ? "" : opened.error().message.c_str());
        store_ = std::move(*opened);
    }

    /// Plays the script, with a round of ours a tenth of a second after each scrape of Prometheus.
    void play() {
        timeseries::Scraper scraper(client_, clock_);
        openStore();
        slo::AlertTracker tracker;
        std::vector<slo::Evaluator> evaluators;
        for (const slo::Objective& objective : objectives()) evaluators.emplace_back(objective);
        const core::WallTime theirs = exporter_.told(peer_agent).back().at;
        // Not at a second's edge, nor so that a round which waits for its timeout of 0.8 s ends at one.
        const auto into_second =
            std::clamp<std::chrono::milliseconds>((theirs + 100ms).time_since_epoch() % 1s, 250ms, 650ms);
        core::WallTime next = std::chrono::floor<std::chrono::seconds>(clock_.now()) + 1s + into_second;
        // The exporter counts as far from both as can be.
        const auto after_theirs = (next - theirs) % 1s;
        const bool together = after_theirs < 500ms;
        const auto from_middle = together ? after_theirs / 2 + 500ms : after_theirs / 2;
        const core::WallTime begin = next - after_theirs + from_middle + 2s;
        exporter_.play(begin);
        bool reopened = false;
        for (; exporter_.script_s(next) < end_s; next += 1s) {
            if (const auto wait = next - clock_.now(); wait > 0ms) QTest::qWait(int(wait / 1ms));
            if (!reopened && exporter_.script_s(next) > reopened_s) {
                reopened = true;
                QVERIFY(store_->flush());
                store_.reset();
                openStore();
                const auto known = tracker.all();
                tracker = slo::AlertTracker();
                (void)tracker.restore({known.begin(), known.end()}, objectives(), clock_.now());
                evaluators.clear();
                for (const slo::Objective& objective : objectives())
                    evaluators.emplace_back(objective, tracker.firing_rows(objective));
            }
            store_->ingest(scraper.scrape({{"exporter", "http://" + exporter_.address() + "/metrics"}}));
            Look look{clock_.now(), next - (together ? after_theirs : after_theirs - 1s), {}};
            const auto readings = store_->readings();
            for (std::size_t i = 0; i < evaluators.size(); ++i) {
                look.statuses.push_back(evaluators[i].evaluate(readings[i], test::second_of(look.at)));
                (void)tracker.update(look.statuses.back(), look.at);
            }
            looks_.push_back(std::move(look));
        }
        alerts_ = tracker.all();
    }

    test::Window window(const slo::Objective& objective, core::WallTime at, std::int64_t length_s) const {
        const auto& indicator = objective.indicator;
        return test::window_of(test::increments(exporter_.told(our_agent), indicator, exporter_), at,
                               length_s);
    }

    struct Said {
        slo::Counts counts;
        std::optional<double> burn;
    };
    struct Firing {
        core::WallTime from{}, until{};
    };

    /// The look after the last scrape that an evaluation at `at` has seen.
    const Look* beside(core::WallTime at) const {
        const auto later = std::ranges::upper_bound(looks_, at, {}, &Look::beside);
        return later == looks_.begin() ? nullptr : &*std::prev(later);
    }

    /// The looks that an evaluation at `at` may stand beside: two where it was made so close to a scrape that
    /// whether it has seen it cannot be told from here.
    std::vector<const Look*> besides(core::WallTime at) const {
        std::vector<const Look*> looks;
        for (const core::WallTime edge : {at - scrape_slack, at + scrape_slack})
            if (const Look* look = beside(edge); look && (looks.empty() || looks.back() != look))
                looks.push_back(look);
        return looks;
    }

    struct Figure {
        double value = 0, apart = 0;
    };
    void agree(const std::string& what, double theirs, const std::vector<Figure>& any) {
        if (any.empty() || QTest::currentTestFailed()) return;
        for (const Figure& each : any)
            if (std::abs(theirs - each.value) <= each.apart + 1e-9) return;
        const auto [ours, apart] = any.front();
        QFAIL(
            fmt::format("{}: Prometheus {:.6g}, ours {:.6g}, at most {:.3g} apart", what, theirs, ours, apart)
                .c_str());
    }

    /// Every sample of the series that the rules record for a window.
    template <class Ours>
    void compare(const slo::Objective& objective, std::int64_t length_s, std::size_t& compared,
                 const Ours& ours) {
        for (const char* name : {"slo:events:increase", "slo:bad_events:increase", "slo:error_ratio:increase",
                                 "slo:burn_rate:increase"}) {
            const auto series = samples(slo::interchange::recorded(name, length_s, objective) + "[5m]");
            QVERIFY2(series.size() == 1, name);
            for (const prometheus::Sample& sample : series[0].samples) {
                std::vector<Figure> any;
                for (const Look* look : besides(sample.at)) {
                    const Said said = ours(*look);
                    const test::Apart apart =
                        test::windows_apart(window(objective, look->at, length_s), length_s);
                    const bool is_ratio = std::string_view(name).find("events") == std::string_view::npos;
                    const double burn = said.burn.value_or(0);
                    if (is_ratio && !said.burn) continue;
                    if (std::string_view(name) == "slo:events:increase")
                        any.push_back({double(said.counts.total), apart.events});
                    else if (!is_ratio)
                        any.push_back({double(said.counts.bad()), apart.bad});
                    else if (std::string_view(name) == "slo:error_ratio:increase")
                        any.push_back({burn * (1 - objective.target), apart.ratio});
                    else
                        any.push_back({burn, apart.ratio / (1 - objective.target)});
                }
                if (any.empty()) continue;
                agree(fmt::format("{}, {}{} s at {:.1f} s", objective.id.value, name, length_s,
                                  exporter_.script_s(sample.at)),
                      sample.value, any);
                ++compared;
            }
        }
    }

private slots:
    void initTestCase() {
        const QString program = test::peerPath("prometheus");
        if (program.isEmpty()) QSKIP("prometheus is neither unpacked in build/peers nor installed");
        QVERIFY(exporter_.start());
        startPrometheus(program);
        if (QTest::currentTestFailed()) return;
        play();
    }
    void cleanupTestCase() { peer_.reset(); }

    void oursAreTheExportersToTheLastEvent() {
        for (std::size_t i = 0; i < objectives().size(); ++i) {
            const slo::Objective objective = objectives()[i];
            for (const Look& look : looks_) {
                const test::Window known = window(objective, look.at, objective.window_s);
                const slo::Counts& ours = look.statuses[i].window.counts;
                QVERIFY2(ours == known.counts,
                         fmt::format("{} at {:.1f} s: {} of {} good, told {} of {}", objective.id.value,
                                     exporter_.script_s(look.at), ours.good, ours.total, known.counts.good,
                                     known.counts.total)
                             .c_str());
            }
        }
    }

    void everyWindowAgrees() {
        std::size_t compared = 0;
        for (std::size_t i = 0; i < objectives().size(); ++i) {
            const slo::Objective objective = objectives()[i];
            for (std::size_t row = 0; row < objective.rows.size(); ++row)
                for (const bool is_long : {false, true})
                    compare(objective, is_long ? objective.rows[row].long_s : objective.rows[row].short_s,
                            compared, [&](const Look& look) {
                                const slo::RowStatus& known = look.statuses[i].rows[row];
                                return Said{(is_long ? known.long_window : known.short_window).counts,
                                            is_long ? known.long_burn : known.short_burn};
                            });
            compare(objective, objective.window_s, compared, [&](const Look& look) {
                const slo::Status& known = look.statuses[i];
                return Said{known.window.counts, slo::burn_rate(known.window.counts, objective.target)};
            });
        }
        // Windows of 5 s are looked at each 2 s: eight windows, four figures of each, all the time.
        QVERIFY2(compared > 8 * 4 * 35, qPrintable(QString::number(compared)));
    }

    void indicatorsAndBudgetsAgree() {
        for (std::size_t i = 0; i < objectives().size(); ++i) {
            const slo::Objective objective = objectives()[i];
            const auto sli = samples(slo::interchange::recorded("slo:sli:ratio", objective) + "[5m]");
            const auto budget =
                samples(slo::interchange::recorded("slo:error_budget:remaining_ratio", objective) + "[5m]");
            QVERIFY(sli.size() == 1 && budget.size() == 1);
            QVERIFY(sli[0].samples.size() > 35 && sli[0].samples.size() == budget[0].samples.size());
            double least = 1;
            for (std::size_t n = 0; n < sli[0].samples.size(); ++n) {
                std::vector<Figure> ratios, budgets;
                for (const Look* look : besides(sli[0].samples[n].at)) {
                    const slo::Status& ours = look->statuses[i];
                    if (!ours.sli) continue;
                    const test::Window known = window(objective, look->at, objective.window_s);
                    const double apart = test::windows_apart(known, objective.window_s).ratio;
                    ratios.push_back({*ours.sli, apart});
                    budgets.push_back({*ours.budget.remaining, apart / (1 - objective.target)});
                    least = std::min(least, *ours.budget.remaining);
                }
                const std::string where = fmt::format("{} at {:.1f} s", objective.id.value,
                                                      exporter_.script_s(sli[0].samples[n].at));
                agree(where + ", SLI", sli[0].samples[n].value, ratios);
                agree(where + ", budget", budget[0].samples[n].value, budgets);
            }
            QVERIFY2(least < 0, "the script spends every budget");
        }
    }

    void alertsFireAndEndTogether() {
        const auto firing = samples("ALERTS{alertstate=\"firing\"}[5m]");
        std::map<std::string, std::vector<Firing>> theirs, ours;
        for (const prometheus::Series& series : firing) {
            auto& all = theirs[fmt::format("{} {}", series.label("slo"), series.label("burn_row"))];
            for (const prometheus::Sample& sample : series.samples) {
                if (all.empty() || sample.at - all.back().until > 500ms)
                    all.push_back({sample.at, sample.at});
                // Until the next evaluation it is not known to have ended.
                all.back().until = sample.at + std::chrono::milliseconds(evaluation_ms);
            }
        }
        std::ranges::reverse(alerts_);
        for (const slo::Alert& alert : alerts_) {
            QVERIFY2(alert.ended_at.has_value(), alert.id.value.c_str());
            ours[fmt::format("{} {} & {}", alert.slo_id.value,
                             slo::interchange::prometheus_duration(alert.row.short_s),
                             slo::interchange::prometheus_duration(alert.row.long_s))]
                .push_back({alert.started_at, *alert.ended_at});
        }
        QCOMPARE(ours["availability 10s & 1m"].size(), std::size_t(2));
        QCOMPARE(ours["availability 5s & 10s"].size(), std::size_t(1));
        QCOMPARE(ours["latency 10s & 1m"].size(), std::size_t(1));
        QCOMPARE(theirs.size(), ours.size());
        for (const auto& [row, mine] : ours) {
            QCOMPARE(theirs[row].size(), mine.size());
            for (std::size_t n = 0; n < mine.size(); ++n) {
                const auto late = [&](core::WallTime a, core::WallTime b) {
                    return std::abs((a - b).count()) > evaluation_ms + scrape_ms;
                };
                const Firing& other = theirs[row][n];
                QVERIFY2(!late(other.from, mine[n].from) && !late(other.until, mine[n].until),
                         fmt::format("{}: Prometheus {:.1f} to {:.1f} s, ours {:.1f} to {:.1f} s", row,
                                     exporter_.script_s(other.from), exporter_.script_s(other.until),
                                     exporter_.script_s(mine[n].from), exporter_.script_s(mine[n].until))
                             .c_str());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestSloAgainstPrometheus)
#include "tst_slo_against_prometheus.moc"
