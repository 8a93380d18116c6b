// Stored history, and that a replay of it gives what was told live.

#include <QTemporaryDir>
#include <QtTest>
#include <random>

#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;

namespace {

slo::Objective watched() {
    slo::Objective objective = test::availability();
    objective.rows.push_back(slo::outage_row(objective.target, 20, slo::Severity::sev1));
    objective.absent = slo::AbsentRule{20, slo::Severity::sev3};
    return objective;
}

/// A store, and the alerts that a monitor over it would have told.
class Live {
public:
    explicit Live(slo::Objective objective, std::filesystem::path file = {})
        : objective_(objective), evaluator_(std::move(objective)) {
        auto opened = Store::open({objective_}, file, clock, telemetry::null_log());
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
        began = clock.now() + std::chrono::seconds(1);
    }
    void pass(int good, int bad, bool answers = true) {
        clock.advance(std::chrono::seconds(1));
        good_ += good;
        bad_ += bad;
        core::Result<std::string> text = core::fail(core::Errc::timeout, "no answer");
        if (answers)
            text = fmt::format(
                "gateway_responses_total{{code=\"200\"}} {}\ngateway_responses_total{{code=\"503\"}} {}\n",
                good_, bad_);
        store->ingest({{{"gateway-1", "http://x/metrics"}, clock.now(), std::move(text)}});
        const auto second = std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
        status = evaluator_.evaluate(store->readings()[0], second);
        tracker.update(status, clock.now());
    }
    slo::Replay replay(const slo::Past& past, const std::vector<slo::Span>& excluded = {}) const {
        slo::ReplayRequest request;
        request.from = began;
        request.to = clock.now() + std::chrono::seconds(1);
        auto result = slo::replay(objective_, past, excluded, request);
        if (!result) qFatal("%s", result.error().message.c_str());
        return *result;
    }
    std::int64_t now_s() const {
        return std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count();
    }
    std::vector<slo::Alert> told() const {
        auto alerts = tracker.all();
        std::ranges::stable_sort(
            alerts, {}, [](const slo::Alert& alert) { return std::pair(alert.started_at, alert.id.value); });
        return alerts;
    }

    test::FakeClock clock;
    std::unique_ptr<Store> store;
    slo::AlertTracker tracker;
    slo::Status status;
    core::WallTime began;

private:
    slo::Objective objective_;
    slo::Evaluator evaluator_;
    int good_ = 1'000, bad_ = 50;
};

std::vector<slo::Alert> alerts_of(const slo::Replay& replay) {
    std::vector<slo::Alert> alerts;
    for (const slo::ReplayedAlert& replayed : replay.alerts) alerts.push_back(replayed.alert);
    std::ranges::stable_sort(
        alerts, {}, [](const slo::Alert& alert) { return std::pair(alert.started_at, alert.id.value); });
    return alerts;
}

}  // namespace

class TestPast : public QObject {
    Q_OBJECT

private slots:
    void aReplayTellsWhatWasToldLive() {
        Live live(watched());
        std::mt19937 random(7);
        int share = 0;  // of bad ones, in percent
        for (int second = 0; second < 5'000; ++second) {
            if (second % 97 == 0) share = random() % 3 == 0 ? int(random() % 100) : 0;
            if (second == 700) share = 100;
            const int events = int(random() % 40);
            const bool blind = second > 2'000 && second < 2'050;
            live.pass(events - events * share / 100, events * share / 100, !blind);
            if (second == 3'000) live.clock.advance(std::chrono::seconds(400));  // the laptop sleeps
        }
        const auto past = live.store->past(slo::SloId("playback-availability"), 0, live.now_s() + 1);
        QVERIFY(past.has_value());
        const slo::Replay replay = live.replay(*past);
        const auto told = live.told();
        QVERIFY(told.size() > 6);
        for (const slo::AlertKind kind :
             {slo::AlertKind::burn, slo::AlertKind::outage, slo::AlertKind::absent})
            QVERIFY(std::ranges::count(told, kind, &slo::Alert::kind) > 0);
        const auto replayed = alerts_of(replay);
        QCOMPARE(replayed.size(), told.size());
        for (std::size_t i = 0; i < told.size(); ++i) {
            QCOMPARE(QString::fromStdString(replayed[i].id.value), QString::fromStdString(told[i].id.value));
            QCOMPARE(QString::fromStdString(replayed[i].reason), QString::fromStdString(told[i].reason));
            QVERIFY(replayed[i] == told[i]);
        }
        QCOMPARE(replay.window, live.status.window);
        QCOMPARE(replay.budget.spent, live.status.budget.spent);
        QCOMPARE(*replay.budget.remaining, *live.status.budget.remaining);
    }

    void aWindowThatIsKeptByTheMinuteIsTheSame() {
        slo::Objective objective = test::availability();
        objective.window_s = 8'000;
        objective.rows = {{600, 7'900, 2, 20, 3}};
        Live live(objective);
        std::mt19937 random(11);
        for (int second = 0; second < 13'000; ++second)
            live.pass(int(random() % 40), random() % 50 == 0 ? 3 : 0);
        const slo::Replay replay = live.replay(*live.store->past(objective.id, 0, live.now_s() + 1));
        QCOMPARE(replay.window, live.status.window);
        QCOMPARE(*replay.budget.remaining, *live.status.budget.remaining);
        QVERIFY(!replay.limits.empty());  // by the minute at first, which is fine enough for this row
        for (const std::string& text : replay.limits) QVERIFY(text.find("not judged") == std::string::npos);
    }

    void thePastIsAsFineAsItIsKept() {
        Tiers counted({}), looks({});
        constexpr std::int64_t now = 20'000 * 86'400 + 12'345;
        constexpr std::int64_t begin = now - 9 * 86'400;
        for (std::int64_t second = begin; second <= now; second += 7) {
            counted.advance(second);
            counted.add({1, 2});
            looks.advance(second);
            looks.add({});
        }
        const slo::Past past = past_of(counted, looks, begin, now + 1);
        std::int64_t end = 0;
        std::array<std::int64_t, 3> cells{};
        slo::Counts sum;
        for (const slo::PastCell& cell : past.cells) {
            QVERIFY(cell.at_s >= end);
            QCOMPARE(cell.at_s % cell.step_s, std::int64_t(0));
            QCOMPARE(cell.looked_s, cell.covered_s);
            end = cell.end_s();
            sum += cell.counts;
            ++cells[cell.step_s == 1 ? 0 : cell.step_s == 60 ? 1 : 2];
        }
        QVERIFY(cells[0] > 1'000 && cells[1] > 9'900 && cells[2] > 40);
        QCOMPARE(sum.total, std::uint64_t(2 * ((now - begin) / 7 + 1)));
        QCOMPARE(*past.looks_known_since_s, begin / 3'600 * 3'600);
        // A part of it is that part.
        const slo::Past part = past_of(counted, looks, now - 100, now - 50);
        QCOMPARE(part.cells.size(), std::size_t(7));
        QVERIFY(past_of(counted, looks, now + 1, now + 100).cells.empty());
        QVERIFY(past_of(Tiers({}), Tiers({}), 0, now).cells.empty());
    }

    void aFileIsReadWhileItIsWritten() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("counters.sqlite").toStdString();
        QCOMPARE(PastFile::open(file).error().code, core::Errc::not_found);
        Live live(watched(), file);
        for (int second = 0; second < 600; ++second) live.pass(30, second > 300 && second < 330 ? 9 : 0);
        QVERIFY(live.store->flush().has_value());
        const auto kept = PastFile::open(file);
        QVERIFY2(kept.has_value(), kept ? "" : kept.error().message.c_str());
        const auto past = kept->past(watched(), 0, live.now_s() + 1);
        QVERIFY(past.has_value());
        QVERIFY(!live.told().empty());
        QVERIFY(alerts_of(live.replay(*past)) == live.told());
        // The same counts under another name, and counts that nobody made.
        slo::Objective renamed = watched();
        renamed.id = slo::SloId("other");
        QVERIFY(kept->past(renamed, 0, live.now_s()).has_value());
        renamed.indicator = slo::BoolGaugeIndicator{{"up", {}}};
        const auto unknown = kept->past(renamed, 0, live.now_s());
        QVERIFY(!unknown);
        QVERIFY(unknown.error().message.find("'other' counts up is 1") != std::string::npos);
        QVERIFY(unknown.error().message.find("playback-availability") != std::string::npos);
        live.pass(30, 0);
        QVERIFY(live.store->flush().has_value());
        QCOMPARE(kept->past(watched(), 0, live.now_s() + 1)->cells.back().at_s, live.now_s());
    }

    void whatIsNoCounterFileIsRefused() {
        QTemporaryDir folder;
        const auto path = folder.filePath("x.sqlite");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("this is no database, however long it may be, and has never been one at all");
        file.close();
        QCOMPARE(PastFile::open(path.toStdString()).error().code, core::Errc::io);
    }

    void looksSurviveARestart() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("counters.sqlite").toStdString();
        Live live(watched(), file);
        for (int second = 0; second < 50; ++second) live.pass(30, 0, second < 10);
        QVERIFY(live.store->flush().has_value());
        live.store.reset();
        auto again = Store::open({watched()}, file, live.clock, telemetry::null_log());
        QVERIFY(again.has_value());
        const auto past = (*again)->past(slo::SloId("playback-availability"), 0, live.now_s() + 1);
        QCOMPARE(past->cells.size(), std::size_t(50));
        QCOMPARE(past->cells.back().covered_s, std::int64_t(0));
        QCOMPARE(past->cells.back().looked_s, std::int64_t(1));
        QCOMPARE(alerts_of(live.replay(*past)).size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestPast)
#include "tst_past.moc"
