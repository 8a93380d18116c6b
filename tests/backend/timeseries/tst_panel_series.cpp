#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>

#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;
using dashboards::Function;
using dashboards::Query;

namespace {

Query query(Function function, const std::string& metric, const std::string& by = {}) {
    Query made;
    made.function = function;
    made.of.metric = metric;
    made.by = by;
    return made;
}

/// A store that scrapes what it is told.
class Site {
public:
    explicit Site(std::filesystem::path file = {}) : file_(std::move(file)) {
        open();
        clock.advance(std::chrono::seconds(1));
        begin = second();
    }
    void open() {
        store.reset();
        auto opened = Store::open({test::availability()}, file_, clock, telemetry::null_log());
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
    }
    std::int64_t second() const {
        return std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
    }
    void pass(const std::string& text, const std::string& instance = "a") { round({{instance, text}}); }
    void round(const std::vector<std::pair<std::string, std::string>>& texts) {
        std::vector<Scrape> scrapes;
        for (const auto& [instance, text] : texts)
            scrapes.push_back({{instance, "http://x/metrics"}, clock.now(), text});
        store->ingest(scrapes);
        clock.advance(std::chrono::seconds(1));
    }
    PanelChart read(const Query& asked, std::int64_t from, std::int64_t to, int points = 2'000) const {
        const auto wall = [](std::int64_t at) { return core::WallTime(std::chrono::seconds(at)); };
        return store->panel(asked, wall(from), wall(to), points);
    }
    PanelLine only(const Query& asked, std::int64_t from, std::int64_t to, int points = 2'000) const {
        const PanelChart chart = read(asked, from, to, points);
        if (chart.lines.size() != 1) qFatal("%zu lines", chart.lines.size());
        return chart.lines[0];
    }

    test::FakeClock clock;
    std::unique_ptr<Store> store;
    std::int64_t begin = 0;  // the first second

private:
    std::filesystem::path file_;
};

}  // namespace

class TestPanelSeries : public QObject {
    Q_OBJECT

private slots:
    void aRateIsTheGrowthOfACounterOverItsResets() {
        Site site;
        const Query rate = query(Function::rate, "n_total");
        site.store->follow_panels({rate});
        for (const int n : {100, 103, 108, 2, 6}) site.pass(fmt::format("n_total {}\n", n));
        const PanelLine line = site.only(rate, site.begin, site.begin + 10);
        std::vector<double> values;
        for (const PanelPoint& point : line.points) values.push_back(point.value);
        QCOMPARE(values, (std::vector<double>{3, 5, 2, 4}));  // the first scrape is a baseline
        QCOMPARE(line.covered_s, std::int64_t(4));
        QCOMPARE(*line.over_range, 14.0 / 4);
        QCOMPARE(*site.only(query(Function::rate, "n_total"), site.begin, site.begin + 3).over_range, 4.0);
    }

    void aGapIsAGapAndNoPeakFollowsIt() {
        Site site;
        const Query rate = query(Function::rate, "n_total");
        site.store->follow_panels({rate});
        site.pass("n_total 0\n");
        site.pass("n_total 10\n");
        site.clock.advance(std::chrono::seconds(1));
        site.pass("n_total 30\n");  // a round that came late speaks of two seconds
        site.clock.advance(std::chrono::seconds(9));
        site.pass("n_total 40\n");
        const PanelLine line = site.only(rate, site.begin, site.begin + 60);
        QCOMPARE(line.points.size(), std::size_t(4));
        QCOMPARE(line.points[0].value, 10.0);
        QCOMPARE(line.points[1].value, 10.0);
        QCOMPARE(line.points[2].value, 10.0);
        // Ten were counted in the ten seconds since: no peak, and of the gap nothing is known.
        QCOMPARE(line.points[3].value, 1.0);
        QCOMPARE((line.points[3].at - line.points[2].at).count(), std::int64_t(10'000));
        QCOMPARE(std::chrono::floor<std::chrono::seconds>(*line.as_of).time_since_epoch().count(),
                 site.second() - 1);
    }

    void aTargetThatDidNotAnswerForAWhileMakesNoPeak() {
        Site site;
        const Query rate = query(Function::rate, "n_total");
        site.store->follow_panels({rate});
        int counted = 0;
        for (int i = 0; i < 30; ++i) {
            counted += 2;
            if (i < 10 || i >= 20)
                site.pass(fmt::format("n_total {}\n", counted));
            else
                site.round({});
        }
        // It was forgotten as a target; one that only failed is caught up with.
        for (int i = 0; i < 10; ++i) {
            site.store->ingest(
                {{{"a", "http://x/metrics"}, site.clock.now(), core::fail(core::Errc::timeout, "")}});
            site.clock.advance(std::chrono::seconds(1));
            counted += 2;
        }
        counted += 2;
        site.pass(fmt::format("n_total {}\n", counted));
        const PanelLine line = site.only(rate, site.begin, site.second());
        for (const PanelPoint& point : line.points) QCOMPARE(point.value, 2.0);
        QCOMPARE(line.covered_s, std::int64_t(9 + 9 + 11));
    }

    void aYoungProcessHasCountedSinceItsStart() {
        Site site;
        const Query rate = query(Function::rate, "n_total");
        site.store->follow_panels({rate});
        for (int i = 0; i < 20; ++i) site.round({});
        const double started = double(site.second() - 8);
        site.pass(fmt::format("process_start_time_seconds {}\nn_total 80\n", started));
        const PanelLine line = site.only(rate, site.begin, site.second());
        QCOMPARE(line.points.size(), std::size_t(8));
        for (const PanelPoint& point : line.points) QCOMPARE(point.value, 10.0);
        QCOMPARE(*site.only(query(Function::increase, "n_total"), site.begin, site.second()).over_range,
                 80.0);
    }

    void aCounterThatWasThereBeforeItWasAskedForBeginsWithABaseline() {
        Site site;
        for (int i = 0; i < 5; ++i) site.pass(fmt::format("n_total{{x=\"a,}}b\"}} {}\n", 5'000 + i));
        const Query rate = query(Function::rate, "n_total", "x");
        QVERIFY(site.read(rate, site.begin, site.begin + 60).lines.empty());
        site.store->follow_panels({rate});
        for (int i = 5; i < 9; ++i) site.pass(fmt::format("n_total{{x=\"a,}}b\"}} {}\n", 5'000 + i));
        const PanelLine line = site.only(rate, site.begin, site.begin + 60);
        QCOMPARE(line.split, std::string("a,}b"));
        for (const PanelPoint& point : line.points) QVERIFY(point.value <= 1);
        QCOMPARE(line.points.back().value, 1.0);
    }

    void whatAChangedDashboardStillAsksForIsNotLost() {
        Site site;
        const Query rate = query(Function::rate, "n_total"), other = query(Function::gauge, "g");
        site.store->follow_panels({rate});
        for (int i = 0; i < 5; ++i) site.pass(fmt::format("n_total {}\ng 7\n", i));
        site.store->follow_panels({other, rate});
        for (int i = 5; i < 9; ++i) site.pass(fmt::format("n_total {}\ng 7\n", i));
        QCOMPARE(*site.only(query(Function::increase, "n_total"), site.begin, site.begin + 60).over_range,
                 8.0);
        QCOMPARE(site.only(other, site.begin, site.begin + 60).covered_s, std::int64_t(4));
    }

    void aGaugeIsAddedUpOverProcessesOrSplitByThem() {
        Site site;
        const Query sum = query(Function::gauge, "g"), each = query(Function::gauge, "g", "instance");
        site.store->follow_panels({sum, each});
        while (site.second() % 3 != 0) site.clock.advance(std::chrono::seconds(1));
        site.begin = site.second();
        for (int i = 0; i < 3; ++i) site.round({{"b", "g 5\n"}, {"a", fmt::format("g {}\n", i)}});
        const PanelLine line = site.only(sum, site.begin, site.begin + 60, 2);
        QCOMPARE(*line.over_range, 7.0);      // the last reading
        QCOMPARE(line.points[0].value, 6.0);  // the mean
        QCOMPARE(line.points[0].low, 5.0);
        QCOMPARE(line.points[0].high, 7.0);
        const PanelChart chart = site.read(each, site.begin, site.begin + 60);
        QCOMPARE(chart.lines.size(), std::size_t(2));
        QCOMPARE(chart.lines[0].split, std::string("a"));
        QCOMPARE(*chart.lines[1].over_range, 5.0);
    }

    void aRatioWithoutEventsHasNoPoint() {
        Site site;
        Query ratio = query(Function::ratio, "n_total");
        ratio.part = {"n_total", {slo::LabelMatcher::parse("code", "5*")}};
        site.store->follow_panels({ratio});
        const auto text = [](int good, int bad) {
            return fmt::format("n_total{{code=\"200\"}} {}\n{}", good,
                               bad > 0 ? fmt::format("n_total{{code=\"503\"}} {}\n", bad) : "");
        };
        site.pass(text(100, 0));
        site.pass(text(110, 0));
        site.pass(text(110, 0));
        site.pass(text(119, 1));
        const PanelLine line = site.only(ratio, site.begin, site.begin + 60);
        QCOMPARE(line.points.size(), std::size_t(2));
        QCOMPARE(line.points[0].value, 0.0);
        QCOMPARE(line.points[1].value, 0.1);
        QCOMPARE(line.covered_s, std::int64_t(3));
        QCOMPARE(*line.over_range, 0.05);
    }

    void aQuantileIsInterpolatedAsPromQLDoes() {
        Site site;
        Query p90 = query(Function::quantile, "d_seconds", "arm");
        p90.q = 0.9;
        site.store->follow_panels({p90});
        const auto arm = [](const char* name, int a, int b, int all) {
            return fmt::format(
                "d_seconds_bucket{{arm=\"{0}\",le=\"0.2\"}} {2}\nd_seconds_bucket{{arm=\"{0}\",le=\"0.1\"}} "
                "{1}\n"
                "d_seconds_bucket{{arm=\"{0}\",le=\"+Inf\"}} {3}\nd_seconds_count{{arm=\"{0}\"}} {3}\n",
                name, a, b, all);
        };
        site.pass(arm("stable", 0, 0, 0) + arm("canary", 0, 0, 0));
        site.pass(arm("stable", 80, 100, 100) + arm("canary", 1, 2, 100));
        site.pass(arm("stable", 180, 200, 200) + arm("canary", 1, 2, 100));
        const PanelChart chart = site.read(p90, site.begin, site.begin + 60);
        QCOMPARE(chart.lines.size(), std::size_t(2));
        QCOMPARE(chart.lines[0].split, std::string("stable"));
        QCOMPARE(chart.lines[0].points[0].value, 0.15);  // rank 90 of 100: halfway from 80 to 100
        QCOMPARE(chart.lines[0].points[1].value, 0.09);
        QCOMPARE(*chart.lines[0].over_range, 0.1);  // 180 of 200
        QCOMPARE(chart.lines[1].points.size(), std::size_t(1));
        QCOMPARE(chart.lines[1].points[0].value, 0.2);  // beyond the last bound
    }

    void noPeakIsLostInTheMinutes() {
        Site site;
        const Query rate = query(Function::rate, "n_total");
        site.store->follow_panels({rate});
        std::int64_t counted = 0;
        for (int i = 0; i < 3 * 3600; ++i) {
            counted += i == 1'000 ? 500 : 2;
            site.pass(fmt::format("n_total {}\n", counted));
        }
        const std::int64_t now = site.second();
        const PanelChart week = site.read(rate, now - 7 * 86'400, now, 100);
        QCOMPARE(week.step_s % 60, std::int64_t(0));
        double high = 0, low = 1e9;
        for (const PanelPoint& point : week.lines[0].points) {
            high = std::max(high, point.high);
            low = std::min(low, point.low);
            QVERIFY(point.low <= point.value && point.value <= point.high);
        }
        QCOMPARE(high, 500.0);
        QCOMPARE(low, 2.0);
        QCOMPARE(week.lines[0].covered_s, std::int64_t(3 * 3600 - 2));  // the newest is still to come
        // Of what is older than two hours, the minutes are left.
        QVERIFY(!site.only(rate, now - 3 * 3600, now - 9'000).points.empty());
        QCOMPARE(site.read(rate, now - 600, now, 2'000).step_s, std::int64_t(1));
    }

    /// Whatever happens to the counter, the growth over a span is the sum of its parts' growth.
    void aSpanIsTheSumOfItsParts() {
        QRandomGenerator random(11);
        Site site;
        const Query growth = query(Function::increase, "n_total");
        site.store->follow_panels({growth});
        std::int64_t counted = 0;
        for (int i = 0; i < 400; ++i) {
            if (random.bounded(20) == 0) counted = 0;
            if (random.bounded(20) == 0) site.clock.advance(std::chrono::seconds(random.bounded(40)));
            counted += random.bounded(9);
            site.pass(fmt::format("n_total {}\n", counted));
        }
        const std::int64_t end = site.second();
        const double whole = site.only(growth, site.begin, end).over_range.value_or(0);
        QVERIFY(whole > 0);
        for (int round = 0; round < 50; ++round) {
            const std::int64_t cut = site.begin + random.bounded(int(end - site.begin - 1)) + 1;
            const double parts = site.only(growth, site.begin, cut).over_range.value_or(0) +
                                 site.only(growth, cut, end).over_range.value_or(0);
            QVERIFY2(std::abs(parts - whole) < 1e-3, qPrintable(QString("%1 %2").arg(parts).arg(whole)));
            double points = 0;
            const int most = random.bounded(2, 300);
            const PanelLine line = site.only(growth, site.begin, end, most);
            QVERIFY(int(line.points.size()) <= most);
            for (const PanelPoint& point : line.points) points += point.value;
            QVERIFY(std::abs(points - whole) < 1e-3);
        }
    }

    void beyondTheLimitsItIsRefusedAndNamed() {
        Site site;
        const Query by = query(Function::rate, "n_total", "x");
        std::vector<Query> many{by};
        for (int i = 0; i < 205; ++i) many.push_back(query(Function::rate, fmt::format("m{}_total", i)));
        site.store->follow_panels(many);
        QVERIFY(!site.store->panels_left_out().empty());
        QVERIFY(site.store->panels_left_out()[0].find("m200_total") != std::string::npos);
        site.store->follow_panels({by});
        QVERIFY(site.store->panels_left_out().empty());
        std::string text;
        for (int i = 0; i < 12; ++i) text += fmt::format("n_total{{x=\"v{}\"}} 1\n", i);
        site.pass(text);
        site.pass(text);
        QCOMPARE(site.read(by, site.begin, site.begin + 60).lines.size(), dashboards::max_series);
        QCOMPARE(site.store->panels_left_out().size(), std::size_t(4));
        QVERIFY(site.store->panels_left_out()[0].find("'v8'") != std::string::npos);
    }

    void aRestartLeavesTheMinutes() {
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString());
        const Query growth = query(Function::increase, "n_total"), each = query(Function::gauge, "g", "x");
        Query median = query(Function::quantile, "d_seconds");
        median.q = 0.5;
        site.store->follow_panels({growth, each, median});
        const auto text = [](int n) {
            return fmt::format(
                "n_total {0}\ng{{x=\"a\"}} 7\nd_seconds_bucket{{le=\"0.1\"}} {0}\n"
                "d_seconds_bucket{{le=\"0.2\"}} {1}\nd_seconds_count {1}\n",
                n, 2 * n);
        };
        for (int i = 0; i < 600; ++i) {
            site.pass(text(i));
            if (i % 5 == 0) QVERIFY(site.store->flush().has_value());
        }
        const std::int64_t from = (site.begin + 59) / 60 * 60, to = from + 480;
        // A range that begins before the seconds that are kept is read from the minutes.
        const auto week = [&](const Query& asked) { return site.only(asked, from - 86'400, to, 2'000); };
        const PanelLine before = week(growth);
        QVERIFY(*before.over_range > 470);
        const auto half = week(median).over_range;
        QCOMPARE(*half, 0.1);
        QVERIFY(site.store->flush().has_value());
        site.clock.advance(std::chrono::seconds(300));
        site.open();
        site.store->follow_panels({each});  // the others were not asked for in between
        site.store->follow_panels({growth, each, median});
        for (int i = 0; i < 130; ++i) site.pass(text(600 + i));
        const PanelLine after = week(growth);
        QCOMPARE(after.points, before.points);
        QCOMPARE(*week(median).over_range, *half);
        QCOMPARE(*week(each).over_range, 7.0);
        QCOMPARE(week(each).split, std::string("a"));
        // The five minutes in between are a gap, and what is counted since comes after it.
        const PanelLine all = site.only(growth, from - 86'400, site.second(), 2'000);
        QVERIFY(all.points.size() < std::size_t((site.second() - from) / 60 - 3));
        QVERIFY(*all.over_range > *after.over_range + 60);
        QVERIFY(site.store->panels_left_out().empty());
    }

    void aDamagedFileKeepsNobodyFromStarting() {
        QTemporaryDir folder;
        QFile file(folder.filePath("panels.sqlite"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(5'000, 'x')) == 5'000);
        file.close();
        Site site(folder.filePath("counters.sqlite").toStdString());
        const Query rate = query(Function::rate, "n_total");
        site.store->follow_panels({rate});
        for (int i = 0; i < 100; ++i) site.pass(fmt::format("n_total {}\n", i));
        QVERIFY(site.store->flush().has_value());
        QCOMPARE(site.only(rate, site.begin, site.begin + 60).points.back().value, 1.0);
    }

    void aClockThatIsSetBackCountsNothingTwice() {
        Site site;
        const Query growth = query(Function::increase, "n_total");
        site.store->follow_panels({growth});
        for (int i = 0; i < 100; ++i) site.pass(fmt::format("n_total {}\n", i));
        site.clock.advance(std::chrono::seconds(-50));
        const std::int64_t back = site.second();
        for (int i = 100; i < 110; ++i) site.pass(fmt::format("n_total {}\n", i));
        QCOMPARE(*site.only(growth, back, back + 100).over_range, 10.0);
        QVERIFY(*site.only(growth, site.begin, back + 100).over_range < 70);
    }
};

QTEST_GUILESS_MAIN(TestPanelSeries)
#include "tst_panel_series.moc"
