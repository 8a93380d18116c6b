#include <QTest>
#include <cmath>

#include "app/adapters/catalog_adapter.hpp"
#include "app/models/values.hpp"
#include "app/pages/overview/headline.hpp"
#include "app/pages/rollouts/rollout_actions.hpp"
#include "app/pages/rollouts/rollout_views.hpp"
#include "app/shell/needs.hpp"
#include "samples.hpp"

using namespace qd;
using namespace qd::app;
using widgets::State;

class TestValues : public QObject {
    Q_OBJECT

private slots:
    void an_alert_that_an_incident_has_is_not_counted_twice() {
        const auto needs = needsNow({test::incident()}, {test::alert()}, {}, {});
        QCOMPARE(needs.size(), 1u);
        QCOMPARE(needs.front().page, QStringLiteral("incidents"));
        QCOMPARE(needs.front().next, QStringLiteral("Acknowledge it"));
        QCOMPARE(phraseOf(needs), QStringLiteral("1 incident"));
        QCOMPARE(phraseOf(needsNow({}, {test::alert(), test::alert()}, {}, {})), QStringLiteral("2 alerts"));
    }
    void a_canary_judged_worse_needs_somebody() {
        const auto needs = needsNow({}, {}, {test::rollout()}, {});
        QCOMPARE(needs.size(), 1u);
        QCOMPARE(needs.front().state, State::Bad);
        auto held = test::rollout();
        held.verdict.reset();
        QVERIFY(needsNow({}, {}, {held}, {}).empty());  // a timed pause goes on by itself
        held.remaining.reset();
        QCOMPARE(needsNow({}, {}, {held}, {}).size(), 1u);
    }
    void resolved_incidents_need_nobody() {
        auto over = test::incident();
        over.state = incidents::State::resolved;
        auto ended = test::alert();
        ended.state = slo::AlertState::ended;
        QVERIFY(needsNow({over}, {ended}, {}, {}).empty());
    }
    void a_full_disk_needs_somebody() {
        opsclient::Site site;
        site.disk = opsclient::Disk{1'000, 2'000};
        QCOMPARE(needsNow({}, {}, {}, site).size(), 1u);
        QCOMPARE(phraseOf(needsNow({}, {}, {}, site)), QStringLiteral("1 full disk"));
        site.disk->free_bytes = 2'000;
        QVERIFY(needsNow({}, {}, {}, site).empty());
    }
    void the_headline_names_what_burns_and_never_calls_silence_health() {
        opsclient::Site site;
        QCOMPARE(headlineOf(test::statuses(), site).state, State::Bad);
        QVERIFY(headlineOf(test::statuses(), site).sentence.contains("Playback availability"));
        std::vector<slo::Status> quiet{test::status_of(test::availability(), slo::Health::no_traffic, 0, 0)};
        QCOMPARE(headlineOf(quiet, site).word, QStringLiteral("No traffic"));
        QVERIFY(headlineOf({}, site).state == State::NoData);
        std::vector<slo::Status> stale{test::status_of(test::availability(), slo::Health::stale, 0, 10)};
        QCOMPARE(headlineOf(stale, site).state, State::Warn);
        std::vector<slo::Status> good{test::status_of(test::availability(), slo::Health::healthy, 0, 10)};
        QCOMPARE(headlineOf(good, site).state, State::Good);
        opsclient::Process down;
        down.state = "backing_off";
        site.processes = {down};
        QCOMPARE(headlineOf(good, site).state, State::Warn);
    }
    void steps_are_read_and_written() {
        const auto steps = parseSteps("10, pause 1m, 50%, analysis 30s, pause, 100");
        QVERIFY(steps);
        QCOMPARE(steps->size(), 6u);
        QCOMPARE(stepsText(*steps), QStringLiteral("10, pause 1m, 50, analysis 30s, pause, 100"));
        for (const char* wrong : {"", "ten", "110", "-1", "pause soon", "pause 1m 2m", "10 20", ","})
            QVERIFY2(!parseSteps(wrong), wrong);
    }
    void a_specification_is_checked_before_it_is_sent() {
        QVERIFY(!specificationOf({{"version", ""}, {"steps", "10"}}));
        QVERIFY(!specificationOf({{"version", "v 2"}, {"steps", "10"}}));
        const auto good = specificationOf(
            {{"version", "v2"}, {"steps", "10, pause, 100"}, {"rehearse", "both"}, {"trust", "abort"}});
        QVERIFY2(good, good ? "" : good.error().message.c_str());
        QCOMPARE(good->target.faults.size(), 2u);
        QCOMPARE(good->analysis.on_failure, rollouts::Trust::abort);
    }
    void tracks_show_where_a_rollout_is_and_where_it_broke() {
        auto rollout = test::rollout();
        auto track = trackOf(rollout);
        QCOMPARE(track[0].state, widgets::StepState::Done);
        QCOMPARE(track[1].state, widgets::StepState::Current);
        QVERIFY(track[1].progress > 0.3 && track[1].progress < 0.4);
        QCOMPARE(track[2].state, widgets::StepState::Pending);
        rollout.progress.course = rollouts::Course::aborted;
        track = trackOf(rollout);
        QCOMPARE(track[1].state, widgets::StepState::Failed);
        QCOMPARE(track[4].state, widgets::StepState::Skipped);
    }
    void the_comparison_never_makes_a_number_of_nothing() {
        auto rollout = test::rollout();
        rollout.arms.erase("canary");
        rollout.verdict.reset();
        for (const ArmLine& line : armLinesOf(rollout, {})) {
            QCOMPARE(line.canary, QStringLiteral("–"));
            QVERIFY(line.difference == QStringLiteral("–") || line.difference.isEmpty());
        }
    }
    void a_list_of_titles_is_bounded_and_checked() {
        QVERIFY(!decodeTitles("not json"));
        QVERIFY(!decodeTitles("{}"));
        QVERIFY(!decodeTitles("{\"items\":7}"));
        const auto titles = decodeTitles(
            R"({"items":[{"id":"a","title":"A","state":"processing","progress":7,"renditions":[{"name":"x"}, 4]},{"title":"no id"},3],"next":"c"})");
        QVERIFY(titles);
        QCOMPARE(titles->size(), 1u);
        QCOMPARE(titles->front().progress, 1.0);
        QCOMPARE(nextCursor(R"({"items":[],"next":"c"})"), std::string("c"));
        QCOMPARE(nextCursor(R"({"items":[],"next":null})"), std::string());
    }
};

QTEST_MAIN(TestValues)
#include "tst_values.moc"
