#include "app/pages/rollouts/verdict/verdict_facts.hpp"

#include <QLocale>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::MetricVerdict;
using rollouts::Outcome;
using rollouts::Rollout;

namespace {

struct CountedArm {
    const char* arm;
    std::uint64_t total, bad;
    std::optional<double> ratio, median;
};

std::vector<CountedArm> countedArms(const MetricVerdict& metric, bool baseline) {
    std::vector<CountedArm> arms{
        {"stable", metric.stable_total, metric.stable_bad, metric.stable_ratio, metric.stable_median}};
    if (baseline)
        arms.push_back({"baseline", metric.baseline_total, metric.baseline_bad, metric.baseline_ratio,
                        metric.baseline_median});
    arms.push_back(
        {"canary", metric.canary_total, metric.canary_bad, metric.canary_ratio, metric.canary_median});
    return arms;
}

/// Requests come by themselves; what players report may just not be measured.
bool countsRequests(const MetricVerdict& metric) {
    return metric.metric == "error ratio" || metric.metric.starts_with("ratio slower");
}

ArmFigure figureOf(const CountedArm& arm, const MetricVerdict& metric) {
    ArmFigure figure{QString::fromLatin1(arm.arm), {}, {}};
    if (arm.total == 0) {
        figure.value = countsRequests(metric) ? QStringLiteral("no traffic") : QStringLiteral("no reports");
        return figure;
    }
    if (metric.unit == "s") {
        figure.value = formatSeconds(number(arm.median));
        figure.count = QStringLiteral("median of %1").arg(wholeNumber(arm.total));
    } else {
        figure.value = formatPercent(number(arm.ratio), 2);
        figure.count = QStringLiteral("%1 of %2").arg(wholeNumber(arm.bad), wholeNumber(arm.total));
    }
    return figure;
}

/// A verdict of an earlier version does not tell what is borne: the specification knows some of it.
double borneOf(const MetricVerdict& metric, const rollouts::Analysis& analysis) {
    if (metric.borne) return *metric.borne;
    if (metric.metric == "error ratio") return analysis.max_error_increase;
    if (metric.metric.starts_with("ratio slower")) return analysis.max_slow_increase;
    return qQNaN();
}

QString chanceText(double p) {
    if (p < 0.0001) return QStringLiteral("less than 0.01 %");
    return QStringLiteral("%1 %").arg(p * 100, 0, 'g', 2);
}

QString certaintyOf(const MetricVerdict& metric) {
    if (!metric.anytime_p || !metric.alpha || !metric.difference) return {};
    const double p = *metric.anytime_p, alpha = *metric.alpha;
    if (p < alpha)
        return QStringLiteral(
                   "Sure: were the canary no worse, chance alone would show this in %1 of rollouts; "
                   "this metric may err in %2.")
            .arg(chanceText(p), chanceText(alpha));
    if (*metric.difference <= 0) return QStringLiteral("Nothing points to a worse canary.");
    return QStringLiteral(
               "Not sure: were the canary no worse, chance alone might show this in %1 of rollouts; "
               "sure is below %2.")
        .arg(chanceText(std::min(p, 1.0)), chanceText(alpha));
}

QString capitalised(QString text) {
    if (!text.isEmpty()) text[0] = text[0].toUpper();
    return text;
}

QString missingOf(const MetricVerdict& metric) {
    if (metric.would_change.empty()) return {};
    QString text = withGroups(str(metric.would_change));
    if (metric.outcome != Outcome::not_enough_data) return QStringLiteral("Would change it: %1.").arg(text);
    text.replace(QStringLiteral(" to canary"), QStringLiteral(" in the canary arm"));
    text.replace(QStringLiteral(" to stable"), QStringLiteral(" in the stable arm"));
    text.replace(QStringLiteral(" to baseline"), QStringLiteral(" in the baseline arm"));
    return QStringLiteral("Missing: %1.").arg(text);
}

QString unknownOf(const MetricVerdict& metric) {
    if (metric.outcome != Outcome::not_enough_data) return QStringLiteral("No interval was given");
    const bool requests = countsRequests(metric);
    if (metric.canary_total == 0)
        return requests ? QStringLiteral("No traffic in the canary arm yet")
                        : QStringLiteral("No reports from the canary arm yet");
    return QStringLiteral("Not enough data to compare");
}

/// The unit stands beside the difference already.
QString endOf(double end, bool seconds) {
    QString text = signedDifference(end, seconds);
    return text.remove(QStringLiteral(" points"));
}

MetricFacts factsOf(const MetricVerdict& metric, const Rollout& rollout, bool baseline) {
    MetricFacts facts;
    facts.name = capitalised(str(metric.metric));
    facts.outcome = wordOf(metric.outcome);
    facts.seconds = metric.unit == "s";
    for (const CountedArm& arm : countedArms(metric, baseline)) facts.arms.push_back(figureOf(arm, metric));
    facts.unknown = unknownOf(metric);
    facts.certainty = certaintyOf(metric);
    facts.missing = missingOf(metric);
    facts.interval.state = facts.outcome.state;
    facts.interval.word = facts.outcome.text;
    if (!metric.difference) {
        facts.effect = QStringLiteral("not compared");
        return facts;
    }
    facts.effect = signedDifference(*metric.difference, facts.seconds);
    facts.interval.estimate = *metric.difference;
    facts.interval.low = number(metric.low);
    facts.interval.high = number(metric.high);
    facts.interval.limit = borneOf(metric, rollout.specification.analysis);
    if (facts.interval.isKnown())
        facts.range = QStringLiteral("%1 to %2")
                          .arg(endOf(*metric.low, facts.seconds), endOf(*metric.high, facts.seconds));
    return facts;
}

QString notJudged(const Rollout& rollout) {
    if (rollouts::is_finished(rollout.progress))
        return QStringLiteral("It ended before anything was judged.");
    if (rollout.specification.analysis.background)
        return QStringLiteral("The canary is judged once both arms have served requests.");
    return QStringLiteral("The canary is judged during the steps of analysis only; none has begun.");
}

}  // namespace

VerdictFacts verdictFacts(const Rollout& rollout) {
    VerdictFacts facts;
    if (!rollout.verdict) {
        facts.outcome = {State::NoData, QStringLiteral("Not judged")};
        facts.basis = notJudged(rollout);
        return facts;
    }
    const rollouts::Verdict& verdict = *rollout.verdict;
    facts.outcome = wordOf(verdict.outcome);
    facts.asOfMs = msOf(verdict.as_of);
    facts.baseline =
        rollout.arms.contains("baseline") ||
        std::any_of(verdict.metrics.begin(), verdict.metrics.end(), [](const MetricVerdict& metric) {
            return metric.baseline_total > 0 || metric.reference == "baseline";
        });
    const bool against =
        std::any_of(verdict.metrics.begin(), verdict.metrics.end(),
                    [](const MetricVerdict& metric) { return metric.reference == "baseline"; });
    facts.basis =
        QStringLiteral("Canary against %1, at %2 confidence, from %3 with traffic on the canary.")
            .arg(against ? QStringLiteral("the baseline") : QStringLiteral("stable"),
                 QStringLiteral("%1 %").arg(verdict.confidence * 100, 0, 'g', 4), spanOf(verdict.window_s));
    for (const MetricVerdict& metric : verdict.metrics)
        facts.metrics.push_back(factsOf(metric, rollout, facts.baseline));
    return facts;
}

QString signedDifference(double difference, bool seconds) {
    if (!std::isfinite(difference)) return QStringLiteral("–");
    const QString sign = difference > 0   ? QStringLiteral("+")
                         : difference < 0 ? QStringLiteral("−")
                                          : QString();
    const double size = std::abs(difference);
    return sign + (seconds ? formatSeconds(size) : QStringLiteral("%1 points").arg(size * 100, 0, 'f', 2));
}

QString wholeNumber(std::uint64_t count) {
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(qulonglong(count));
}

QString withGroups(QString sentence) {
    // Digits after a point are no thousands.
    static const QRegularExpression whole(QStringLiteral("(?<![\\d.])\\d{4,18}(?![\\d.]*\\.\\d)"));
    qsizetype from = 0;
    for (auto match = whole.match(sentence); match.hasMatch(); match = whole.match(sentence, from)) {
        const QString grouped = wholeNumber(match.captured().toULongLong());
        sentence.replace(match.capturedStart(), match.capturedLength(), grouped);
        from = match.capturedStart() + grouped.size();
    }
    return sentence;
}

}  // namespace qd::app
