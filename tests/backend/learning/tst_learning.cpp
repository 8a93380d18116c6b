#include <QTest>
#include <nlohmann/json.hpp>

#include "backend/incidents/journal_builder.hpp"
#include "learning/codec.hpp"
#include "learning/compile.hpp"

using namespace qd;
using namespace qd::learning;
using namespace std::chrono_literals;
using incidents::Incident;
using incidents::State;
using std::chrono::milliseconds;
using test::at_second;
using test::JournalBuilder;

namespace {

constexpr int day = 86'400;

Incident named(Incident incident, const std::string& id) {
    incident.id = incidents::IncidentId(id);
    return incident;
}

/// Begins at `second`, found after 60 s, acknowledged after 90 s, mitigated after 120 s, over after `lasts`.
JournalBuilder story(int second, int lasts = 180) {
    JournalBuilder journal;
    journal.opened(second, second + 60).acknowledge(second + 90).state(State::mitigated, second + 120);
    if (lasts > 0) journal.state(State::resolved, second + lasts);
    return journal;
}

Query days(int count) {
    return {at_second(0), at_second(count * day), {}, {}};
}

struct Given {
    std::vector<Incident> incidents;
    std::vector<rollouts::Rollout> rollouts;
    std::vector<slo::Exclusion> exclusions;
    std::vector<Watched> watched{{slo::SloId("playback"), "gateway"}, {slo::SloId("stalls"), "viewers"}};
    std::vector<TaggedFactors> factors;
    std::optional<core::WallTime> counted_since = at_second(0);

    Report report(const Query& query = days(10), core::WallTime now = at_second(10 * day)) const {
        Material material;
        material.incidents = incidents;
        material.rollouts = rollouts;
        material.exclusions = exclusions;
        material.watched = watched;
        material.factors = factors;
        material.counted_since = counted_since;
        return compile(query, now, material);
    }
};

const Measure& measure(const Report& report, const std::string& name) {
    for (const Measure& one : report.measures)
        if (one.name == name) return one;
    qFatal("no %s", name.c_str());
}

rollouts::Rollout rollout(const std::string& id, int second, rollouts::Course course) {
    rollouts::Rollout one;
    one.id = rollouts::RolloutId(id);
    one.specification.target.label = "v2";
    one.created_at = at_second(second);
    one.progress.course = course;
    return one;
}

}  // namespace

class TestLearning : public QObject {
    Q_OBJECT

private slots:
    void timesComeWithFormulaCountMedianAndSources() {
        Given given;
        given.incidents = {named(story(1'000).incident(), "INC-1"),
                           named(story(5'000, 600).incident(), "INC-2")};
        const Report report = given.report();
        QCOMPARE(report.counted, std::size_t(2));
        const Measure& mttd = measure(report, "MTTD");
        QCOMPARE(mttd.formula, std::string("detected_at - started_at"));
        QCOMPARE(mttd.spread->median, milliseconds(60s));
        QCOMPARE(measure(report, "MTTA").spread->median, milliseconds(30s));
        QCOMPARE(measure(report, "MTTM").spread->median, milliseconds(120s));
        const Measure& mttr = measure(report, "MTTR");
        QCOMPARE(mttr.spread->count, std::size_t(2));
        QCOMPARE(*mttr.mean, milliseconds(390s));
        QCOMPARE(mttr.spread->median, milliseconds(180s));
        QCOMPARE(mttr.sources.front().incident, std::string("INC-2"));
        QCOMPARE(mttr.sources.front().value, milliseconds(600s));
    }

    void anEmptyRangeHasNoFiguresAtAll() {
        const Report report = Given{}.report();
        for (const Measure& one : report.measures) {
            QVERIFY2(!one.spread && !one.mean, one.name.c_str());
            QCOMPARE(one.trend.direction, Direction::too_few);
        }
        QVERIFY(!report.delivery.per_day && !report.delivery.failure_rate && !report.delivery.restore);
        QVERIFY(measure(report, "MTBF").note.find("No outage") != std::string::npos);
    }

    void cancelledAndMergedOnesAreLeftOutAndTold() {
        JournalBuilder cancelled, merged;
        cancelled.opened(100, 160).acknowledge(170).state(State::cancelled, 200);
        merged.opened(100, 160).acknowledge(170).state(State::merged, 200, "INC-9");
        Given given;
        given.incidents = {named(cancelled.incident(), "INC-1"), named(merged.incident(), "INC-2"),
                           named(story(1'000).incident(), "INC-3")};
        const Report report = given.report();
        QCOMPARE(report.counted, std::size_t(1));
        QCOMPARE(report.cancelled, std::size_t(1));
        QCOMPARE(report.merged, std::size_t(1));
        QCOMPARE(measure(report, "MTTD").spread->count, std::size_t(1));
        QCOMPARE(report.uptime.outages, std::size_t(1));
    }

    void aReopeningIsAnIntervalOfItsOwn() {
        JournalBuilder journal = story(0);
        journal.state(State::investigating, 1'000).state(State::resolved, 1'020);
        Given given;
        given.incidents = {named(journal.incident(), "INC-1")};
        const Report report = given.report();
        QCOMPARE(measure(report, "MTTD").spread->count, std::size_t(1));
        const Measure& mttr = measure(report, "MTTR");
        QCOMPARE(mttr.spread->count, std::size_t(2));
        QCOMPARE(mttr.sources[0].episode, std::size_t(2));
        QCOMPARE(mttr.sources[0].value, milliseconds(20s));
        QCOMPARE(report.uptime.outages, std::size_t(2));
        QCOMPARE(measure(report, "MTBF").spread->median, milliseconds(820s));
    }

    void whatIsNotOverYetIsToldAndNotCounted() {
        Given given;
        given.incidents = {named(story(100, 0).incident(), "INC-1")};
        const Report report = given.report();
        const Measure& mttr = measure(report, "MTTR");
        QVERIFY(!mttr.spread);
        QVERIFY(mttr.note.find("1 interval has") != std::string::npos);
    }

    void timeBetweenFailuresLeavesOutImpactAndMaintenance() {
        Given given;
        given.incidents = {named(story(1 * day, 3'600).incident(), "INC-1"),
                           named(story(3 * day, 3'600).incident(), "INC-2")};
        slo::Exclusion works;
        works.from = at_second(2 * day);
        works.to = at_second(2 * day + 7'200);
        works.slos = {slo::SloId("playback")};
        given.exclusions = {works};
        Query gateway = days(10);
        gateway.service = "gateway";
        const Report report = given.report(gateway);
        QCOMPARE(report.uptime.outages, std::size_t(2));
        QCOMPARE(report.uptime.impact, milliseconds(2h));
        QCOMPARE(report.uptime.maintenance, milliseconds(2h));
        QCOMPARE(report.uptime.up, milliseconds(240h - 4h));
        const Measure& mtbf = measure(report, "MTBF");
        QCOMPARE(*mtbf.mean, milliseconds(118h));
        QCOMPARE(mtbf.spread->median, milliseconds(48h - 1h - 2h));
        // Maintenance of one objective is none of the whole site.
        QCOMPARE(given.report().uptime.maintenance, milliseconds(0));
        given.exclusions.front().slos.clear();
        QCOMPARE(given.report().uptime.maintenance, milliseconds(2h));
    }

    void maintenanceDuringImpactIsTakenOutOnce() {
        Given given;
        given.incidents = {named(story(1 * day, 3'600).incident(), "INC-1")};
        slo::Exclusion works;
        works.from = at_second(1 * day + 1'800);
        works.to = at_second(1 * day + 5'400);
        given.exclusions = {works};
        const Uptime uptime = given.report().uptime;
        QCOMPARE(uptime.up, milliseconds(240h - 1h - 30min));
        QCOMPARE(uptime.maintenance, milliseconds(30min));
    }

    void overlappingEpisodesAreOneOutage() {
        Given given;
        given.incidents = {named(story(1'000, 2'000).incident(), "INC-1"),
                           named(story(2'000, 500).incident(), "INC-2")};
        const Report report = given.report();
        QCOMPARE(report.uptime.outages, std::size_t(1));
        QCOMPARE(report.uptime.impact, milliseconds(2'000s));
    }

    void timeThatNobodyCountedIsNoUptime() {
        Given given;
        given.incidents = {named(story(9 * day).incident(), "INC-1")};
        given.counted_since = at_second(8 * day);
        const Report report = given.report();
        QCOMPARE(*report.uptime.counted_from, at_second(8 * day));
        QCOMPARE(report.uptime.up, milliseconds(48h - 180s));
        QVERIFY(measure(report, "MTBF").note.find("Counting began") != std::string::npos);
        given.counted_since.reset();
        const Report unknown = given.report();
        QVERIFY(!measure(unknown, "MTBF").mean);
        QVERIFY(!unknown.uptime.counted_from);
    }

    void severityAndServiceNarrowAndGroupsTellThemApart() {
        JournalBuilder severe = story(2'000);
        incidents::Event raise = severe.next(incidents::EventKind::severity, 2'300);
        raise.body.severity = incidents::Severity::sev1;
        severe.add(raise);
        Given given;
        given.incidents = {named(story(1'000).incident(), "INC-1"), named(severe.incident(), "INC-2")};
        Query query = days(10);
        query.severity = incidents::Severity::sev1;
        QCOMPARE(measure(given.report(query), "MTTD").spread->count, std::size_t(1));
        query = days(10);
        query.service = "viewers";
        QVERIFY(!measure(given.report(query), "MTTD").spread);
        const Report all = given.report();
        QCOMPARE(all.groups.size(), std::size_t(3));  // the service, its SEV1s, its SEV3s
        QVERIFY(!all.groups[0].severity);
        QCOMPARE(all.groups[0].incidents, std::size_t(2));
        QCOMPARE(*all.groups[1].severity, incidents::Severity::sev1);
    }

    void weeksAndMonthsHoldWhatBeganInThem() {
        Given given;
        for (int i = 0; i < 20; ++i)
            given.incidents.push_back(
                named(story(i * day + 1'000, 200 + 60 * i).incident(), "INC-" + std::to_string(i)));
        const Report weekly = given.report(days(30), at_second(30 * day));
        QCOMPARE(weekly.bucket, std::string("week"));
        std::size_t sum = 0;
        for (const Bucket& bucket : measure(weekly, "MTTR").buckets) {
            QCOMPARE(std::chrono::weekday(std::chrono::floor<std::chrono::days>(bucket.from)),
                     std::chrono::Monday);
            sum += bucket.spread ? bucket.spread->count : 0;
        }
        QCOMPARE(sum, std::size_t(20));
        QCOMPARE(measure(weekly, "MTTR").trend.direction, Direction::too_few);
        QCOMPARE(measure(given.report(days(20), at_second(20 * day)), "MTTR").trend.direction,
                 Direction::longer);
        QCOMPARE(given.report(days(365)).bucket, std::string("month"));
    }

    void deploymentsFailWhenTakenBackOrSuspected() {
        JournalBuilder journal;
        journal.opened(3'000, 3'060);
        journal.machine(incidents::EventKind::rollout, "RO-2", "suspect", "it began 20 s before", 3'060);
        journal.state(State::acknowledged, 3'090).state(State::mitigated, 3'300);
        Given given;
        given.incidents = {named(journal.incident(), "INC-1")};
        given.rollouts = {rollout("RO-1", 1'000, rollouts::Course::promoted),
                          rollout("RO-2", 2'900, rollouts::Course::promoted),
                          rollout("RO-3", 4'000, rollouts::Course::aborted),
                          rollout("RO-4", 5'000, rollouts::Course::stepping),
                          rollout("RO-0", -5, rollouts::Course::promoted)};
        const Delivery delivery = given.report().delivery;
        QCOMPARE(delivery.finished, std::size_t(3));
        QCOMPARE(delivery.completed, std::size_t(2));
        QCOMPARE(delivery.failed, std::size_t(2));
        QCOMPARE(delivery.under_way, std::size_t(1));
        QCOMPARE(*delivery.per_day, 0.2);
        QVERIFY(std::abs(*delivery.failure_rate - 2.0 / 3) < 1e-9);
        QCOMPARE(delivery.restore->median, milliseconds(300s));
        QCOMPARE(delivery.deployments.front().rollout, std::string("RO-4"));
        const auto& suspected = delivery.deployments[2];
        QCOMPARE(suspected.rollout, std::string("RO-2"));
        QCOMPARE(suspected.incidents, std::vector<std::string>{"INC-1"});
    }

    void goingBackIsNoDeploymentAndFailsWhatItTakesBack() {
        Given given;
        auto second = rollout("RO-2", 2'000, rollouts::Course::promoted),
             back = rollout("RO-3", 3'000, rollouts::Course::promoted);
        second.former_version = back.specification.target.label = "v1";
        second.specification.target.label = back.former_version = "v2";
        back.specification.strategy = rollouts::Strategy::blue_green;
        back.ended_at = back.created_at + 90s;
        back.actor = "anna";
        rollouts::AuditEvent start;
        start.kind = rollouts::AuditKind::start;
        start.reason = "v2 stalls";
        back.audit = {start};
        given.rollouts = {second, back};
        const Delivery delivery = given.report().delivery;
        QCOMPARE(delivery.finished, std::size_t(1));
        QCOMPARE(delivery.failed, std::size_t(1));
        const Deployment &latest = delivery.deployments[0], &first = delivery.deployments[1];
        QVERIFY(latest.rollback && !latest.failed);
        QCOMPARE(latest.strategy, std::string("blueGreen"));
        QCOMPARE(latest.actor + ": " + latest.reason, std::string("anna: v2 stalls"));
        QCOMPARE(*latest.duration, std::chrono::milliseconds(90s));
        QCOMPARE(first.outcome, std::string("rolled back"));
        QVERIFY(first.failed && !first.rollback);
    }

    void whatPeopleWroteCountsBeforeWhatWasSuspected() {
        Given given;
        for (int i = 0; i < 3; ++i) {
            JournalBuilder journal;
            journal.opened(1'000 * i, 1'000 * i + 60);
            journal.machine(incidents::EventKind::rollout, "RO-1", "suspect", "before", 1'000 * i + 60);
            journal.machine(incidents::EventKind::rollout, "RO-2", "suspect", "before", 1'000 * i + 60);
            given.incidents.push_back(named(journal.incident(), "INC-" + std::to_string(i)));
        }
        given.factors = {{"INC-1", {"no canary analysis", "no canary analysis"}}};
        const Report report = given.report();
        QCOMPARE(report.factors.size(), std::size_t(2));
        QCOMPARE(report.factors[0].origin, std::string("suspect"));
        QCOMPARE(report.factors[0].text, std::string("rollout before it, on gateway"));
        QCOMPARE(report.factors[0].count, std::size_t(2));
        QCOMPARE(report.factors[1].count, std::size_t(1));
        QVERIFY(report.factors_note.find("1 of 3") == 0);
    }

    void sourcesNameTheEventsThatSetTheirTimes() {
        JournalBuilder journal = story(0);
        journal.state(State::investigating, 1'000).state(State::resolved, 1'020);
        incidents::Event corrected = journal.next(incidents::EventKind::state, 110);
        corrected.recorded_at = at_second(2'000);
        corrected.body.state = State::mitigated;
        corrected.supersedes = 3;
        journal.add(corrected);
        const Incident incident = named(journal.incident(), "INC-1");
        const auto events = events_of(incident, journal.events);
        QCOMPARE(events.size(), std::size_t(2));
        QCOMPARE(events[0], (EpisodeEvents{1, 1, 2, 7, 4}));
        QCOMPARE(events[1], (EpisodeEvents{5, 5, 5, 6, 6}));
        const std::vector<Incident> all{incident};
        Material material;
        material.incidents = all;
        material.events_of = [&](const Incident& of) { return events_of(of, journal.events); };
        const Report report = compile(days(1), at_second(day), material);
        QCOMPARE(measure(report, "MTTR").sources[1].events, (std::vector<std::uint64_t>{1, 4}));
        QCOMPARE(measure(report, "MTTA").sources[0].events, (std::vector<std::uint64_t>{1, 2}));
    }

    void theWireTakesAndGivesBackEverything() {
        Given given;
        for (int i = 0; i < 5; ++i)
            given.incidents.push_back(named(story(i * 1'000).incident(), "INC-" + std::to_string(i)));
        given.rollouts = {rollout("RO-1", 1'000, rollouts::Course::promoted)};
        Report report = given.report();
        report.costs = {{"INC-1", "Stalls", "stalls", "Stalls", 3, 100, 10.0, 0.3, ""},
                        {"INC-2", "x", "stalls", "Stalls", 0, 0, {}, {}, "nothing is kept of that time"}};
        const auto back = report_from_json(nlohmann::json::parse(to_json(report).dump()));
        QVERIFY2(back.has_value(), back ? "" : back.error().message.c_str());
        QVERIFY(*back == report);
        auto broken = to_json(report);
        broken["measures"][0]["trend"]["direction"] = "sideways";
        QVERIFY(!report_from_json(broken));
        broken = to_json(report);
        broken["measures"][0]["sources"][0]["value_s"] = 1e300;
        QVERIFY(!report_from_json(broken));
        QVERIFY(!report_from_json(nlohmann::json::array()));
    }

    void aSpreadsheetRunsNothingOfTheTable() {
        Incident incident = named(story(0).incident(), "=INC");
        incident.title = "=HYPERLINK(\"http://evil\",\"click\")";
        incident.service = "@gateway";
        Given given;
        given.incidents = {incident};
        const std::string csv = to_csv(given.report());
        QVERIFY(csv.find("\r\n") != std::string::npos);
        QVERIFY(csv.find(",'=INC,\"'=HYPERLINK(\"\"http://evil\"\",\"\"click\"\")\",'@gateway,") !=
                std::string::npos);
        QVERIFY(csv.find(",=") == std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestLearning)
#include "tst_learning.moc"
