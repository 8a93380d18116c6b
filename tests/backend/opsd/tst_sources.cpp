// Objectives that read a Prometheus: its counters, its troubles, and what the API says of both.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "support/fake_prometheus.hpp"
#include "support/opsd_site.hpp"

using namespace qd;
using test::FakePrometheus;
using test::OpsdSite;

namespace {

constexpr const char* objectives = R"(slos:
  - id: remote
    title: Remote availability
    objective_percent: 99
    window_s: 3600
    source: production
    indicator:
      kind: ratio
      good: {metric: requests_total, labels: {code: "!5*"}}
      total: {metric: requests_total}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 5}]
  - id: asked
    title: By PromQL
    objective_percent: 99
    window_s: 3600
    source: production
    indicator: {kind: promql, good: "calls_total{code!~'5..'}", total: calls_total}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 5}]
  - id: own
    title: Our own
    objective_percent: 99
    window_s: 3600
    source: site
    indicator:
      kind: ratio
      good: {metric: gateway_responses_total, labels: {code: "!5*"}}
      total: {metric: gateway_responses_total}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 5}]
)";

/// An opsd whose objectives read a fake Prometheus.
struct Site : OpsdSite {
    explicit Site(const std::string& slos = objectives) {
        if (!core::write_file_atomically(data() / "slos.yaml", slos)) qFatal("cannot write");
        more_config = fmt::format("slos: ['{}']\nsources: [{{name: production, url: '{}', max_series: 4}}]\n",
                                  (data() / "slos.yaml").string(), prometheus.url());
    }
    /// Seconds in which a process counts so much.
    void count(int seconds, int good, int bad) {
        for (int i = 0; i < seconds; ++i) {
            good_ += good;
            bad_ += bad;
            for (const char* name : {"requests_total", "promql:total"}) {
                prometheus.set({{"__name__", name}, {"instance", "a:1"}, {"job", "api"}, {"code", "200"}},
                               good_);
                prometheus.set({{"__name__", name}, {"instance", "a:1"}, {"job", "api"}, {"code", "503"}},
                               bad_);
            }
            prometheus.set(
                {{"__name__", "promql:good"}, {"instance", "a:1"}, {"job", "api"}, {"code", "200"}}, good_);
            pass(1);
        }
    }
    opsclient::Source source(const std::string& name = "production") {
        test::Answer<std::vector<opsclient::Source>> answer;
        client->sources(answer.callback());
        const auto sources = answer.get();
        if (!sources) qFatal("%s", sources.error().message.c_str());
        for (const opsclient::Source& source : *sources)
            if (source.name == name) return source;
        qFatal("there is no such source");
    }

    FakePrometheus prometheus{clock};

private:
    double good_ = 5'000, bad_ = 10;
};

bool tells(const std::vector<std::string>& reasons, const std::string& what) {
    return std::ranges::any_of(reasons,
                               [&](const auto& reason) { return reason.find(what) != std::string::npos; });
}

}  // namespace

class TestSources : public QObject {
    Q_OBJECT

private slots:
    void countersOfASourceBecomeAnObjective() {
        Site site;
        site.start();
        site.count(21, 10, 0);
        const auto remote = site.status("remote");
        QCOMPARE(remote.window.counts, (slo::Counts{200, 200}));
        QCOMPARE(remote.window.covered_s, std::int64_t(20));
        QCOMPARE(slo::to_string(remote.health), std::string_view("healthy"));
        QCOMPARE(remote.objective.source, std::string("production"));
        QVERIFY(remote.reasons.empty());
        site.count(10, 9, 1);
        QCOMPARE(site.status("remote").window.counts, (slo::Counts{290, 300}));
        QCOMPARE(site.status("remote").health, slo::Health::burning);
        const auto own = site.status("own");
        QCOMPARE(own.window.counts.total, std::uint64_t(30 * 30));
        QVERIFY(own.objective.source.empty());
        const auto source = site.source();
        QCOMPARE(source.health, std::string("up"));
        QCOMPARE(source.kind, std::string("prometheus"));
        QCOMPARE(source.url, site.prometheus.url());
        QCOMPARE(source.objectives, (std::vector<std::string>{"remote", "asked"}));
        QVERIFY(source.answered_at && source.took_s && source.ahead_s && source.since);
        const auto scrape = site.source("site");
        QCOMPARE(scrape.kind + scrape.health, std::string("scrapeup"));
        QCOMPARE(scrape.objectives, std::vector<std::string>{"own"});
    }

    void promqlIsCountedLikeSelectors() {
        Site site;
        site.start();
        site.count(11, 9, 1);
        QCOMPARE(site.status("asked").window.counts, (slo::Counts{90, 100}));
        for (const auto& form : site.prometheus.asked("query")) {
            const std::string query = form.get_or("query", "");
            QVERIFY2(query == "requests_total" || query.find("calls_total{code!~'5..'}") != query.npos,
                     query.c_str());
        }
    }

    void aLostSourceMakesItsObjectivesStale() {
        Site site;
        site.start();
        site.count(20, 10, 0);
        const auto before = site.status("remote").window.counts;
        site.prometheus.fail(503);
        site.count(8, 10, 0);
        const auto lost = site.status("remote");
        QCOMPARE(lost.health, slo::Health::stale);
        QVERIFY(tells(lost.reasons, "source 'production': no answer to the last"));
        QCOMPARE(lost.window.counts, before);
        QCOMPARE(site.source().health, std::string("lost"));
        QCOMPARE(site.status("own").health, slo::Health::healthy);
        site.prometheus.fail(200);
        site.count(12, 10, 0);
        QCOMPARE(site.status("remote").health, slo::Health::healthy);
        QVERIFY(site.status("remote").reasons.empty());
        // The lost seconds' events are counted once, the seconds are a gap.
        QCOMPARE(site.status("remote").window.counts.total, std::uint64_t(10 * 39));
        QCOMPARE(site.status("remote").window.covered_s, std::int64_t(19 + 12));
    }

    void aSourceThatNeverAnsweredIsNoData() {
        Site site;
        site.prometheus.fail(500);
        site.start();
        site.count(5, 10, 0);
        const auto status = site.status("remote");
        QCOMPARE(status.health, slo::Health::no_data);
        QVERIFY(!status.sli && !status.as_of);
        QVERIFY(tells(status.reasons, "no answer"));
    }

    void partsOfAnAnswerArePartial() {
        Site site;
        site.start();
        site.count(15, 10, 0);
        site.prometheus.warn("store eu-2 is down");
        site.count(2, 10, 0);
        QCOMPARE(site.status("remote").health, slo::Health::partial);
        QVERIFY(tells(site.status("remote").reasons, "store eu-2 is down"));
        QCOMPARE(site.source().health, std::string("partial"));
        // Not even no traffic is known.
        site.count(12, 0, 0);
        QCOMPARE(site.status("remote").health, slo::Health::partial);
        site.prometheus.warn("");
        site.count(15, 10, 0);
        QCOMPARE(site.status("remote").health, slo::Health::healthy);
        // Of one objective only.
        site.prometheus.warn("a block is broken", "calls_total");
        site.count(5, 10, 0);
        QCOMPARE(site.status("asked").health, slo::Health::partial);
        QCOMPARE(site.status("remote").health, slo::Health::healthy);
    }

    void anotherClockIsTold() {
        Site site;
        site.start();
        site.prometheus.shift(std::chrono::seconds(-30));
        site.count(15, 10, 0);
        QCOMPARE(site.status("remote").health, slo::Health::partial);
        QVERIFY(tells(site.status("remote").reasons, "behind ours"));
        QCOMPARE(site.source().health, std::string("skewed"));
        QVERIFY(std::abs(*site.source().ahead_s + 30) < 1.5);
    }

    void tooManySeriesAreRefusedByNameAndTheSourceIsThere() {
        Site site;
        site.start();
        site.count(3, 10, 0);
        for (int i = 0; i < 3; ++i)
            site.prometheus.set({{"__name__", "requests_total"}, {"user", std::to_string(i)}}, 1);
        site.count(8, 10, 0);
        const auto status = site.status("remote");
        QCOMPARE(status.health, slo::Health::stale);
        QVERIFY2(tells(status.reasons, "5 series, 4 are allowed"),
                 status.reasons.empty() ? "" : status.reasons[0].c_str());
        QCOMPARE(site.source().health, std::string("up"));
        QCOMPARE(site.status("asked").health, slo::Health::healthy);
    }

    void thePastComesFromTheSource() {
        Site site;
        const std::int64_t start = site.clock.now().time_since_epoch() / std::chrono::seconds(1);
        site.prometheus.history = [&](const std::string& query, std::int64_t at) -> std::optional<double> {
            if (at <= start - 3000) return std::nullopt;  // no further does it reach
            return query.find("code!") != std::string::npos ? 290 : 300;
        };
        site.start();
        site.count(3, 10, 0);
        // Its last steps are asked for once they have settled.
        site.count(402, 10, 0);
        const auto remote = site.status("remote");
        QCOMPARE(remote.window.covered_s, std::int64_t(10 * 300 + 404));
        QCOMPARE(remote.window.counts, (slo::Counts{10 * 290 + 4'040, 10 * 300 + 4'040}));
        QCOMPARE(site.status("own").window.covered_s, std::int64_t(404));
        const auto backfill = site.source().backfill;
        QVERIFY(backfill && backfill->reason.empty());
        QCOMPARE(backfill->left_s, std::uint64_t(0));
        QCOMPARE(backfill->filled_s, std::uint64_t(2 * 10 * 300));
        QVERIFY(!site.source("site").backfill);
        for (const auto& form : site.prometheus.asked("query_range")) {
            QCOMPARE(*form.get("step"), std::string("300"));
            QVERIFY2(form.get_or("query", "").find("[300s") != std::string::npos, "not sums of the steps");
        }
        // A restart asks only for what is still missing, which that source does not have.
        const auto before = remote.window.counts;
        const auto asked = site.prometheus.asked("query_range").size();
        site.stop();
        site.start();
        site.count(3, 10, 0);
        QVERIFY(site.prometheus.asked("query_range").size() - asked <= 4);
        QCOMPARE(site.status("remote").window.counts.total, before.total + 20);
    }

    void aLongGapIsFilledOnceTheSourceIsBack() {
        Site site;
        const std::int64_t start = site.clock.now().time_since_epoch() / std::chrono::seconds(1);
        site.start();
        site.count(20, 10, 0);
        site.prometheus.fail(503);
        site.count(900, 10, 0);
        site.prometheus.history = [&](const std::string& query, std::int64_t at) -> std::optional<double> {
            if (at <= start) return std::nullopt;
            return query.find("code!") != std::string::npos ? 2'900 : 3'000;
        };
        site.prometheus.fail(200);
        site.count(250, 10, 0);
        const auto status = site.status("remote");
        const auto filled = status.window.covered_s - (19 + 250 - 1);
        QCOMPARE(filled, std::int64_t(600));  // the whole steps of it
        QCOMPARE(status.window.counts.total, std::uint64_t(10 * (19 + 250 - 1) + 10 * filled));
    }

    void whyThePastCannotBeHadIsSaid() {
        Site site;
        site.prometheus.history = [](const std::string&, std::int64_t) { return std::optional(300.0); };
        site.prometheus.warn("store eu-2 is down");
        site.start();
        site.count(3, 10, 0);
        const auto backfill = site.source().backfill;
        QVERIFY(backfill && backfill->left_s > 0);
        QCOMPARE(backfill->reason, std::string("answers about the past are partial"));
        QCOMPARE(site.status("remote").window.covered_s, std::int64_t(2));
        site.prometheus.warn("");
        site.count(310, 10, 0);
        QVERIFY(site.status("remote").window.covered_s > 3'000);
        QVERIFY(site.source().backfill->reason.empty());
    }

    void groupsAreObjectivesOfTheirOwn() {
        Site site(std::string(objectives) + R"(  - id: by-code
    title: By code
    objective_percent: 99
    window_s: 3600
    group_by: [code]
    source: production
    indicator:
      kind: ratio
      good: {metric: requests_total, labels: {code: "!5*"}}
      total: {metric: requests_total}
    rows: [{short_s: 10, long_s: 60, factor: 2, min_events: 5}]
    absent: {after_s: 60}
)");
        site.prometheus.history = [](const std::string& query, std::int64_t) -> std::optional<double> {
            return query.find("code=\"503\"") != std::string::npos ? 0 : 300;
        };
        site.start();
        site.count(16, 9, 1);
        const auto failed = site.status("by-code--503");
        QCOMPARE(failed.window.counts.total % 300, std::uint64_t(15));
        QCOMPARE(failed.health, slo::Health::burning);
        QCOMPARE(failed.objective.group->of.value, std::string("by-code"));
        QCOMPARE(failed.objective.group->labels, (slo::GroupLabels{{"code", "503"}}));
        QVERIFY(!failed.objective.absent && site.status("by-code").objective.absent);
        QCOMPARE(site.status("by-code--200").health, slo::Health::healthy);
        QVERIFY(site.status("by-code--200").window.covered_s > 600);  // its past, too
        QCOMPARE(site.source().objectives.size(), std::size_t(5));
        test::Answer<std::vector<slo::Alert>> alerts;
        site.client->alerts(alerts.callback());
        const auto raised = *alerts.get();
        QVERIFY(std::ranges::any_of(raised, [](const slo::Alert& alert) {
            return alert.slo_id.value == "by-code--503" && alert.state == slo::AlertState::firing;
        }));
        site.prometheus.fail(503);
        site.count(7, 9, 1);
        QCOMPARE(site.status("by-code--200").health, slo::Health::stale);
        QVERIFY(tells(site.status("by-code--200").reasons, "no answer"));
        // They and their alerts outlive a restart.
        site.prometheus.fail(200);
        site.count(2, 9, 1);
        site.stop();
        site.start();
        QVERIFY(site.status("by-code--503").window.counts.total >= 15);
        test::Answer<std::vector<slo::Alert>> later;
        site.client->alerts(later.callback());
        QCOMPARE(later.get()->size(), raised.size());
    }

    void whatTheSourceDoesNotHaveIsSaid() {
        Site site;
        site.start();
        site.pass(3);
        QCOMPARE(site.status("remote").health, slo::Health::no_data);
        QVERIFY(tells(site.status("remote").reasons, "has no series that this counts"));
    }
};

QTEST_GUILESS_MAIN(TestSources)
#include "tst_sources.moc"
