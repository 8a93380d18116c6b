#include "slo/group.hpp"

#include <QtTest>
#include <set>

#include "support/slo_samples.hpp"

using namespace qd;
using namespace qd::slo;

namespace {

const auto none_taken = [](const SloId&) { return false; };

Objective whole() {
    Objective objective = test::availability();
    objective.group_by = {"route"};
    objective.absent = AbsentRule{};
    objective.policy.freeze_rollouts = true;
    return objective;
}

}  // namespace

class TestGroup : public QObject {
    Q_OBJECT

private slots:
    void aGroupIsItsParentOfTheseLabels() {
        const Objective group =
            group_objective(whole(), {{"route", "/api/v1/Videos/{id}"}, {"method", "GET"}}, none_taken);
        QCOMPARE(group.id.value, std::string("playback-availability--get-api-v1-videos-id"));
        QCOMPARE(group.title, std::string("Playback availability: method=GET, route=/api/v1/Videos/{id}"));
        QCOMPARE(group.group->of.value, std::string("playback-availability"));
        QCOMPARE(group.group->labels, (GroupLabels{{"method", "GET"}, {"route", "/api/v1/Videos/{id}"}}));
        QCOMPARE(group.rows, whole().rows);
        QVERIFY(group.group_by.empty() && !group.absent && !group.sla && !group.policy.freeze_rollouts);
        QVERIFY2(check(group).has_value(), group.id.value.c_str());
        QVERIFY(definition_of(group) != definition_of(whole()));
        QCOMPARE(group_objective(whole(), {{"route", ""}}, none_taken).id.value,
                 std::string("playback-availability--none"));
    }

    void idsFitAndAreNeverTheSame() {
        std::set<std::string> ids;
        const auto taken = [&](const SloId& id) { return ids.contains(id.value); };
        Objective longest = whole();
        longest.id = SloId(std::string(48, 'p'));
        for (const Objective& of : {whole(), longest})
            for (int i = 0; i < 50; ++i) {
                const std::string value =
                    std::string(std::size_t(i % 3) * 40, 'x') + (i % 2 ? "/\xc3\xa4" : "/");
                const Objective group = group_objective(of, {{"route", value}}, taken);
                QVERIFY2(check(group).has_value(), group.id.value.c_str());
                QVERIFY(ids.insert(group.id.value).second);
            }
    }

    void aPartCanBeAskedFor() {
        const auto part = within_group(whole().indicator, {{"route", "/a"}});
        const auto& ratio = std::get<RatioIndicator>(*part);
        QCOMPARE(ratio.good.labels.back(), LabelMatcher::parse("route", "/a"));
        QCOMPARE(ratio.total.labels.back(), LabelMatcher::parse("route", "/a"));
        for (const char* odd : {"/a*", "a|b", "!a"})
            QVERIFY2(!within_group(whole().indicator, {{"route", odd}}), odd);
        QVERIFY(!within_group(PromqlIndicator{"a", "b"}, {{"route", "/a"}}));
        for (const Indicator& indicator :
             {Indicator(LatencyIndicator{{"h", {}}, 1}), Indicator(TimeIndicator{{"a", {}}, {"b", {}}}),
              Indicator(ThresholdIndicator{{"g", {}}, {}, 1}), Indicator(BoolGaugeIndicator{{"g", {}}})})
            QVERIFY(*within_group(indicator, {{"route", "/a"}}) != indicator);
    }
};

QTEST_GUILESS_MAIN(TestGroup)
#include "tst_group.moc"
