// Objectives by label values, made as these are met.
#include <QTemporaryDir>
#include <QtTest>

#include "slo/group.hpp"
#include "support/fake_clock.hpp"
#include "support/slo_samples.hpp"
#include "timeseries/store.hpp"

using namespace qd;
using namespace qd::timeseries;
using namespace std::chrono_literals;

namespace {

slo::Objective grouped(std::vector<std::string> by = {"route"}) {
    slo::Objective objective = test::availability();
    objective.group_by = std::move(by);
    return objective;
}

/// What processes have counted: by instance, and by labels as an exposition writes them.
using Pages = std::map<std::string, std::map<std::string, int>>;

struct Site {
    explicit Site(std::filesystem::path path = {}, slo::Objective objective = grouped())
        : file(std::move(path)), objectives({std::move(objective)}) {
        open();
    }
    void open() {
        auto opened = Store::open(objectives, file, clock, telemetry::null_log());
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
    }
    void pass(const Pages& pages, const std::string& behind = {}) {
        clock.advance(1s);
        std::vector<Scrape> round;
        for (const auto& [instance, series] : pages) {
            std::string text;
            for (const auto& [labels, value] : series)
                text += fmt::format("gateway_responses_total{{{}}} {}\n", labels, value);
            round.push_back({{instance, "u"}, clock.now(), text + behind});
        }
        store->ingest(round);
    }
    slo::Reading reading(const std::string& id) const {
        const auto all = store->objectives();
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].id.value == id) return store->readings()[i];
        qFatal("there is no %s", id.c_str());
    }
    slo::Counts counts(const std::string& id) const { return reading(id).window.counts; }

    std::filesystem::path file;
    std::vector<slo::Objective> objectives;
    test::FakeClock clock;
    std::unique_ptr<Store> store;
};

const std::string all = "playback-availability";
const std::string a = R"(code="200",route="/a")", a_bad = R"(code="503",route="/a")",
                  b = R"(code="200",route="/b")";

}  // namespace

class TestGroups : public QObject {
    Q_OBJECT

private slots:
    void eachValueIsAnObjectiveAndTheParentCountsAll() {
        Site site;
        site.pass({{"g1", {{a, 100}, {b, 5}}}});
        QCOMPARE(site.store->objectives().size(), std::size_t(3));
        QCOMPARE(site.store->readings().size(), std::size_t(3));
        site.pass({{"g1", {{a, 110}, {a_bad, 2}, {b, 9}}}});
        QCOMPARE(site.counts(all + "--a"), (slo::Counts{10, 12}));
        QCOMPARE(site.counts(all + "--b"), (slo::Counts{4, 4}));
        QCOMPARE(site.counts(all), (slo::Counts{14, 16}));
        const slo::Objective group = site.store->objectives()[1];
        QCOMPARE(group.group->of.value, all);
        QCOMPARE(group.group->labels, (slo::GroupLabels{{"route", "/a"}}));
        QVERIFY(slo::check(group).has_value());
    }

    void whatAGroupBeginsWithIsCountedInItToo() {
        Site site;
        site.pass({{"g1", {{a, 100}}}, {"g2", {{a, 1}}}});
        // New at a process that is known: from zero. Another process has it later.
        site.pass({{"g1", {{a, 100}, {b, 7}}}, {"g2", {{a, 2}}}});
        QCOMPARE(site.counts(all + "--b"), (slo::Counts{7, 7}));
        site.pass({{"g1", {{a, 100}, {b, 7}}}, {"g2", {{a, 3}, {b, 2}}}});
        QCOMPARE(site.counts(all + "--b"), (slo::Counts{9, 9}));
        QCOMPARE(site.counts(all + "--a"), (slo::Counts{2, 2}));
        QCOMPARE(site.counts(all), (slo::Counts{11, 11}));
        QCOMPARE(site.reading(all + "--b").shorts.size(), std::size_t(2));
    }

    void aPageThatBreaksBehindANewGroupLosesNothing() {
        Site site;
        site.pass({{"g1", {{a, 100}}}});
        site.pass({{"g1", {{a, 101}, {b, 7}}}}, "broken");
        site.pass({{"g1", {{a, 102}, {b, 9}}}});
        QCOMPARE(site.counts(all + "--b"), (slo::Counts{9, 9}));
        QCOMPARE(site.counts(all), (slo::Counts{11, 11}));
    }

    void severalLabelsAndTheirAbsenceAreGroups() {
        Site site({}, grouped({"route", "method"}));
        site.pass({{"g1", {{R"(route="/a",method="GET")", 0}, {R"(route="/a",method="PUT")", 0}, {"", 0}}}});
        site.pass({{"g1", {{R"(route="/a",method="GET")", 1}, {R"(route="/a",method="PUT")", 2}, {"", 4}}}});
        QCOMPARE(site.counts(all + "--get-a").total, std::uint64_t(1));
        QCOMPARE(site.counts(all + "--put-a").total, std::uint64_t(2));
        QCOMPARE(site.counts(all + "--none").total, std::uint64_t(4));
        QCOMPARE(site.counts(all).total, std::uint64_t(7));
    }

    void oddValuesAreTakenAsTheyAre() {
        Site site;
        const std::string star = R"(route="/a*")", longer = R"(route="/abc")", bar = R"(route="!x|y")";
        site.pass({{"g1", {{star, 0}, {longer, 0}, {bar, 0}}}});
        site.pass({{"g1", {{star, 1}, {longer, 2}, {bar, 4}}}});
        QCOMPARE(site.counts(all + "--a").total, std::uint64_t(1));
        QCOMPARE(site.counts(all + "--abc").total, std::uint64_t(2));
        QCOMPARE(site.counts(all + "--x-y").total, std::uint64_t(4));
    }

    void aBombOfValuesIsRefusedByNameAndTheParentCountsOn() {
        Site site;
        std::map<std::string, int> page;
        for (int i = 0; i < 300; ++i) page[fmt::format("route=\"/{:03}\"", i)] = 0;
        site.pass({{"g1", page}});
        for (auto& [labels, value] : page) value = 1;
        site.pass({{"g1", page}});
        QCOMPARE(site.store->objectives().size(), 1 + slo::max_groups);
        QCOMPARE(site.counts(all).total, std::uint64_t(300));
        const auto reasons = site.reading(all).reasons;
        QCOMPARE(reasons.size(), std::size_t(1));
        QVERIFY2(reasons[0].find("route=/050") != std::string::npos &&
                     reasons[0].find("50 groups already") != std::string::npos,
                 reasons[0].c_str());
        QVERIFY(site.reading(all + "--000").reasons.empty());
        Site other;
        other.pass({{"g1", {{fmt::format("route=\"{}\"", std::string(101, 'x')), 0}}}});
        QCOMPARE(other.store->objectives().size(), std::size_t(1));
        QVERIFY(other.reading(all).reasons[0].find("longer than 100 bytes") != std::string::npos);
    }

    void aRestartKnowsThemAndForgetsWhatIsOver() {
        QTemporaryDir folder;
        Site site(folder.filePath("counters.sqlite").toStdString());
        site.pass({{"g1", {{a, 0}, {b, 0}}}});
        site.pass({{"g1", {{a, 3}, {b, 4}}}});
        QVERIFY(site.store->flush().has_value());
        site.store.reset();
        site.open();
        QCOMPARE(site.store->objectives().size(), std::size_t(3));
        QCOMPARE(site.counts(all + "--b"), (slo::Counts{4, 4}));
        QCOMPARE(site.store->objectives()[2].group->labels, (slo::GroupLabels{{"route", "/b"}}));
        site.pass({{"g1", {{a, 3}, {b, 5}}}});
        site.pass({{"g1", {{a, 3}, {b, 7}}}});
        // What was added while nobody counted is not lost after a short restart.
        QCOMPARE(site.counts(all + "--b"), (slo::Counts{7, 7}));
        QCOMPARE(site.store->objectives().size(), std::size_t(3));
        // Grouped by something else, or not at all: they are no more.
        QVERIFY(site.store->flush().has_value());
        site.store.reset();
        site.objectives = {test::availability()};
        site.open();
        QCOMPARE(site.store->objectives().size(), std::size_t(1));
        QCOMPARE(site.counts(all).total, std::uint64_t(10));
        site.store.reset();
        site.objectives = {grouped()};
        site.open();
        QCOMPARE(site.store->objectives().size(), std::size_t(1));
        // Nothing within the window: the place is free.
        site.pass({{"g1", {{a, 0}}}});
        site.pass({{"g1", {{a, 3}}}});
        QVERIFY(site.store->flush().has_value());
        site.store.reset();
        site.clock.advance(3h);
        site.open();
        QCOMPARE(site.store->objectives().size(), std::size_t(1));
    }

    void whatIsExcludedOfTheWholeIsExcludedOfItsParts() {
        Site site;
        slo::Exclusion exclusion;
        exclusion.id = slo::ExclusionId("e");
        exclusion.from = site.clock.now() - 1h;
        exclusion.to = site.clock.now() + 1h;
        exclusion.slos = {slo::SloId(all)};
        site.store->set_exclusions({exclusion});
        site.pass({{"g1", {{a, 0}}}});
        site.pass({{"g1", {{a, 3}}}});
        QCOMPARE(site.counts(all + "--a").total, std::uint64_t(0));
        QCOMPARE(site.reading(all + "--a").excluded.counts.total, std::uint64_t(3));
        site.store->set_exclusions({});
        QCOMPARE(site.counts(all + "--a").total, std::uint64_t(3));
    }

    void aSourceIsGroupedToo() {
        slo::Objective remote = grouped();
        remote.source = "production";
        Site site({}, remote);
        for (int i = 0; i < 3; ++i) {
            site.clock.advance(1s);
            site.store->ingest({});
            const auto text = fmt::format(
                "gateway_responses_total{{{}}} {}\ngateway_responses_total{{{}}} {}\n", a, 10 * i, b, i);
            QVERIFY(
                site.store
                    ->take({slo::SloId(all), site.clock.now(), 1, {{{"api/x", {}}, site.clock.now(), text}}})
                    .has_value());
        }
        QCOMPARE(site.counts(all + "--a").total, std::uint64_t(20));
        QCOMPARE(site.counts(all + "--b").total, std::uint64_t(2));
        QCOMPARE(site.counts(all).total, std::uint64_t(22));
    }
};

QTEST_GUILESS_MAIN(TestGroups)
#include "tst_groups.moc"
