#include <QTest>
#include <cmath>
#include <vector>

#include "rollouts/kayenta.hpp"

using namespace qd;
using namespace qd::rollouts::kayenta;

namespace {

using Values = std::vector<double>;

Values copies(int hundreds, int ones) {
    Values values(std::size_t(hundreds), 100.0);
    values.insert(values.end(), std::size_t(ones), 1.0);
    return values;
}

Class of(const Values& control, const Values& experiment, const MetricSettings& settings = {}) {
    core::SeededRandom random(5);
    return classify(control, experiment, settings, random).label;
}

MetricResult result(Class label, std::vector<std::string> groups = {"all"}, bool critical = false) {
    return {"m", std::move(groups), critical, label};
}

}  // namespace

class TestKayenta : public QObject {
    Q_OBJECT

private slots:
    /// spinnaker#6278.
    void publishedVectors() {
        const Values ones = copies(0, 10);
        QCOMPARE(of(ones, copies(7, 3)), Class::pass);
        QCOMPARE(of(ones, copies(8, 2)), Class::high);
        QCOMPARE(of(copies(8, 2), ones), Class::low);
        QCOMPARE(of(copies(7, 3), ones), Class::pass);
    }

    void twoAgainstTwoIsEnoughForIt() {
        QCOMPARE(of({1, 2}, {10, 11}), Class::high);
        QCOMPARE(of({10, 11}, {1, 2}), Class::low);
    }

    void shortCircuits() {
        QCOMPARE(of({}, {1}), Class::nodata);
        QCOMPARE(of({1}, {NAN, NAN}), Class::nodata);
        QCOMPARE(of({1, 2, 3}, {3, 1, 2}), Class::pass);
        QCOMPARE(of({4, 4, 4}, {4, 4}), Class::pass);
        MetricSettings must;
        must.must_have_data = true;
        QCOMPARE(of({}, {1}, must), Class::nodata_fail);
        MetricSettings zeros;
        zeros.nan = NanStrategy::replace;
        QCOMPARE(of({0, 0}, {NAN, NAN}, zeros), Class::pass);
    }

    void twoConstantsAreToldApartByNoise() {
        const Values tens(20, 10.0), twelves(20, 12.0);
        QCOMPARE(of(tens, twelves), Class::high);
        QCOMPARE(of(twelves, tens), Class::low);
    }

    void onlyTheBadDirectionFails() {
        MetricSettings increase, decrease;
        increase.direction = Direction::increase;
        decrease.direction = Direction::decrease;
        const Values ones = copies(0, 10), hundreds = copies(10, 0);
        QCOMPARE(of(ones, copies(8, 2), increase), Class::high);
        QCOMPARE(of(ones, copies(8, 2), decrease), Class::pass);
        QCOMPARE(of(copies(8, 2), ones, increase), Class::pass);
        QCOMPARE(of(copies(8, 2), ones, decrease), Class::low);
        QCOMPARE(of(ones, hundreds, increase), Class::high);
    }

    void smallEffectsPassWhereASizeIsAsked() {
        MetricSettings settings;
        settings.allowed_increase = 2;
        Values control, half_more, threefold;
        for (int i = 0; i < 40; ++i) {
            control.push_back(100 + i);
            half_more.push_back(150 + 1.5 * i);
            threefold.push_back(300 + 3 * i);
        }
        QCOMPARE(of(control, half_more), Class::high);
        QCOMPARE(of(control, half_more, settings), Class::pass);
        QCOMPARE(of(control, threefold, settings), Class::high);
        MetricSettings cles;
        cles.effect = EffectSize::cles;
        QCOMPARE(of(copies(0, 10), copies(8, 2), cles), Class::high);
        cles.allowed_increase = 0.95;  // 8 of 10 larger and 2 tied are 0.9
        QCOMPARE(of(copies(0, 10), copies(8, 2), cles), Class::pass);
    }

    void scoresOfGroups() {
        const std::vector<MetricResult> results{
            result(Class::pass, {"errors"}), result(Class::pass, {"errors"}), result(Class::high, {"errors"}),
            result(Class::low, {"errors"}), result(Class::pass, {"latency"})};
        // Unweighted groups share 100: (50 + 100) / 2.
        Score made = score(results, {}, 95, 75);
        QCOMPARE(made.value, 75.0);
        QCOMPARE(made.groups.at("errors"), 50.0);
        QCOMPARE(made.judgement, Judgement::marginal);
        made = score(results, {{"latency", 80}}, 95, 75);
        QCOMPARE(made.value, 90.0);
        QCOMPARE(score(results, {{"latency", 80}}, 90, 75).judgement, Judgement::pass);
        QCOMPARE(score(results, {{"latency", 80}}, 95, 91).judgement, Judgement::fail);
    }

    void dataThatMustBeThereCountsAsAFailure() {
        const std::vector<MetricResult> results{result(Class::pass), result(Class::pass), result(Class::pass),
                                                result(Class::nodata_fail)};
        QCOMPARE(score(results, {}, 95, 75).value, 75.0);
        const std::vector<MetricResult> silent{result(Class::pass), result(Class::pass),
                                               result(Class::nodata)};
        QCOMPARE(score(silent, {}, 95, 75).value, 100.0);
    }

    void criticalFailuresAndSilenceMakeZero() {
        std::vector<MetricResult> results(9, result(Class::pass));
        results.push_back(result(Class::high, {"all"}, true));
        Score made = score(results, {}, 95, 75);
        QCOMPARE(made.value, 0.0);
        QCOMPARE(made.judgement, Judgement::fail);
        QVERIFY(made.reason.find("critical") != std::string::npos);
        const std::vector<MetricResult> half{result(Class::pass), result(Class::nodata)};
        QCOMPARE(score(half, {}, 95, 75).value, 0.0);
        QCOMPARE(score({}, {}, 95, 75).judgement, Judgement::fail);
    }
};

QTEST_GUILESS_MAIN(TestKayenta)
#include "tst_kayenta.moc"
