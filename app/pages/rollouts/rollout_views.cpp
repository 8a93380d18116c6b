#include "app/pages/rollouts/rollout_views.hpp"

#include <cmath>

#include "app/adapters/rollout_adapter.hpp"
#include "app/models/values.hpp"
#include "rollouts/steps.hpp"
#include "widgets/theme/format.hpp"

namespace qd::app {

using namespace widgets;
using rollouts::Course;
using rollouts::Rollout;
using rollouts::Step;
using rollouts::StepKind;

namespace {

QString stepTitle(const Step& step) {
    switch (step.kind) {
        case StepKind::set_weight:
            return QStringLiteral("%1 %").arg(step.weight);
        case StepKind::pause:
            return QStringLiteral("Pause");
        case StepKind::analysis:
            return QStringLiteral("Analysis");
        case StepKind::set_canary_scale:
            return QStringLiteral("Scale");
        case StepKind::set_header_route:
            return QStringLiteral("Header route");
        case StepKind::set_mirror_route:
            return QStringLiteral("Mirror");
        case StepKind::experiment:
            return QStringLiteral("Experiment");
    }
    return {};
}

QString wholeDetail(const Step& step) {
    if (step.duration) return span(*step.duration);
    switch (step.kind) {
        case StepKind::pause:
            return QStringLiteral("until resumed");
        case StepKind::set_canary_scale:
            if (step.scale.replicas) return QStringLiteral("to %1").arg(*step.scale.replicas);
            if (step.scale.weight) return QStringLiteral("%1 % of stable").arg(*step.scale.weight);
            return QStringLiteral("as the weight");
        case StepKind::set_header_route:
            return step.header_route.match.empty()
                       ? QStringLiteral("%1 taken away").arg(str(step.header_route.name))
                       : str(step.header_route.name);
        case StepKind::set_mirror_route:
            return step.mirror.percentage ? QStringLiteral("%1 %").arg(*step.mirror.percentage)
                                          : QStringLiteral("%1 taken away").arg(str(step.mirror.name));
        default:
            return {};
    }
}

std::optional<double> newest(const opsclient::Series* series, const std::string& arm) {
    if (!series) return std::nullopt;
    for (const opsclient::SeriesLine& line : series->lines)
        if (line.label == arm && !line.points.empty()) return line.points.back().value;
    return std::nullopt;
}

/// How a measure is written, and what lies between two of it.
struct MeasureUnit {
    Formatter value, apart;
};

ArmLine armLine(const QString& measure, std::optional<double> stable, std::optional<double> canary,
                const MeasureUnit& unit, const QString& explanation) {
    ArmLine line{measure,    unit.value(number(stable)), unit.value(number(canary)), QStringLiteral("–"), -1,
                 explanation};
    if (stable && canary) {
        const double difference = *canary - *stable;
        const QString sign = difference > 0   ? QStringLiteral("+")
                             : difference < 0 ? QStringLiteral("−")
                                              : QString();
        line.difference = difference == 0 ? QStringLiteral("none") : sign + unit.apart(std::abs(difference));
    }
    return line;
}

void applyVerdict(ArmLine& line, const std::optional<rollouts::Verdict>& verdict, std::string_view metric) {
    if (!verdict) return;
    for (const rollouts::MetricVerdict& one : verdict->metrics) {
        if (one.metric.find(metric) == std::string::npos) continue;
        line.state = int(wordOf(one.outcome).state);
        line.explanation = str(one.explanation);
        if (one.outcome == rollouts::Outcome::not_enough_data)
            line.difference = QStringLiteral("not enough data");
    }
}

// A rolling rollout has no weights: its steps are the instances that it replaces.
QVector<TrackStep> replacementsOf(const Rollout& rollout) {
    QVector<TrackStep> track;
    const auto& progress = rollout.progress;
    const bool stopped = progress.course == Course::aborted || progress.course == Course::ramping_down;
    for (unsigned i = 0; i < progress.instances; ++i) {
        TrackStep shown{QStringLiteral("Instance %1").arg(i + 1), {}, StepState::Pending, qQNaN()};
        if (i < progress.replaced) {
            shown.state = StepState::Done;
            shown.detail = QStringLiteral("replaced");
        } else if (stopped) {
            shown.state = i == progress.replaced ? StepState::Failed : StepState::Skipped;
        } else if (i == progress.replaced && progress.course == Course::stepping) {
            shown.state = progress.held ? StepState::Paused : StepState::Current;
            shown.detail = progress.held ? QStringLiteral("held") : QStringLiteral("being replaced");
        }
        track.append(shown);
    }
    return track;
}

const rollouts::ArmReading* armOf(const Rollout& rollout, const std::string& name) {
    const auto at = rollout.arms.find(name);
    return at == rollout.arms.end() ? nullptr : &at->second;
}

}  // namespace

QString rolloutTitle(const Rollout& rollout) {
    return QStringLiteral("%1 → %2").arg(str(rollout.former_version),
                                         str(rollout.specification.target.label));
}

QVector<TrackStep> trackOf(const Rollout& rollout) {
    QVector<TrackStep> track;
    const auto& progress = rollout.progress;
    if (rollout.specification.strategy == rollouts::Strategy::rolling) return replacementsOf(rollout);
    const rollouts::Steps steps(rollout.specification);
    const bool stopped = progress.course == Course::aborted || progress.course == Course::ramping_down;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        TrackStep shown{stepTitle(steps[i]), wholeDetail(steps[i]), StepState::Pending, qQNaN()};
        const bool finished = progress.course == Course::promoted || progress.course == Course::promoting ||
                              progress.course == Course::undoing || progress.course == Course::undone;
        if (i < progress.step)
            shown.state = StepState::Done;
        else if (finished)
            shown.state = StepState::Skipped;
        else if (stopped)
            shown.state = i == progress.step ? StepState::Failed : StepState::Skipped;
        else if (i == progress.step) {
            shown.state = progress.held || (steps[i].kind == StepKind::pause && !steps[i].duration)
                              ? StepState::Paused
                              : StepState::Current;
            if (progress.held)
                shown.detail = QStringLiteral("held");
            else if (rollout.remaining && steps[i].duration) {
                shown.detail = QStringLiteral("%1 left").arg(span(*rollout.remaining));
                shown.progress = 1 - double(rollout.remaining->count()) /
                                         double(std::max<std::int64_t>(1, steps[i].duration->count()));
            }
        }
        track.append(shown);
    }
    return track;
}

Split splitOf(const Rollout& rollout) {
    Split split;
    split.requestedCanary = double(rollout.weight_requested) / 100;
    split.observedCanary = rollout.weight_observed ? *rollout.weight_observed / 100 : qQNaN();
    double requests = 0;
    for (const auto& [name, arm] : rollout.arms) requests += double(arm.counts.requests);
    if (rollout.observed_over_s > 0)
        split.observedOver =
            (RolloutAdapter::isActive(rollout) ? QStringLiteral("over the last %1%2")
                                               : QStringLiteral("in the last %1 before it ended%2"))
                .arg(spanOf(rollout.observed_over_s),
                     requests > 0 ? QStringLiteral(", %1 requests judged").arg(formatCount(requests))
                                  : QString());
    split.stableVersion = str(rollout.stable_version);
    split.canaryVersion = str(rollout.specification.target.label);
    return split;
}

std::vector<ArmLine> armLinesOf(const Rollout& rollout, const ArmSeries& series) {
    const auto* stable = armOf(rollout, "stable");
    const auto* canary = armOf(rollout, "canary");
    const auto* baseline = armOf(rollout, "baseline");
    using Value = std::optional<double> (*)(const rollouts::ArmReading&);
    const MeasureUnit counts{formatCount, formatCount};
    // Two percentages are so many points apart.
    const MeasureUnit shares{
        [](double share) { return formatPercent(share, 2); },
        [](double share) { return QStringLiteral("%1 points").arg(share * 100, 0, 'f', 2); }};
    const Formatter fromMillis = [](double ms) { return formatSeconds(ms / 1000); };
    const MeasureUnit millis{fromMillis, fromMillis};
    std::vector<ArmLine> lines;
    const auto counted = [&](const QString& measure, Value value, const MeasureUnit& unit,
                             const QString& explanation) -> ArmLine& {
        const auto of = [&](const rollouts::ArmReading* arm) { return arm ? value(*arm) : std::nullopt; };
        lines.push_back(armLine(measure, of(stable), of(canary), unit, explanation));
        if (baseline) lines.back().baseline = unit.value(number(of(baseline)));
        return lines.back();
    };
    const auto seen = [&](const QString& measure, const opsclient::Series* of, const MeasureUnit& unit,
                          const QString& explanation) {
        lines.push_back(armLine(measure, newest(of, "stable"), newest(of, "canary"), unit, explanation));
        if (baseline) lines.back().baseline = unit.value(number(newest(of, "baseline")));
    };
    // How many there were is no difference of the versions: the split makes it.
    counted(
        QStringLiteral("Requests"),
        [](const auto& arm) { return std::optional(double(arm.counts.requests)); }, counts,
        QStringLiteral("Within the analysis' window"))
        .difference.clear();
    counted(
        QStringLiteral("Errors"), [](const auto& arm) { return std::optional(double(arm.counts.errors)); },
        counts, QStringLiteral("Requests that failed, within the analysis' window"))
        .difference.clear();
    applyVerdict(
        counted(QStringLiteral("Error ratio"), [](const auto& arm) { return arm.error_ratio; }, shares, {}),
        rollout.verdict, "error");
    applyVerdict(counted(QStringLiteral("Slower than %1")
                             .arg(formatSeconds(rollout.specification.analysis.latency_threshold_s)),
                         [](const auto& arm) { return arm.slow_ratio; }, shares, {}),
                 rollout.verdict, "slow");
    seen(QStringLiteral("Response p95"), series.latencyP95, millis,
         QStringLiteral("At the gateway, newest reading"));
    seen(QStringLiteral("Start-up p95"), series.startupP95, millis,
         QStringLiteral("As viewers see it: request to first frame"));
    seen(QStringLiteral("Stalled"), series.stallRatio, shares,
         QStringLiteral("Stalled time of watched time, as viewers see it"));
    return lines;
}

}  // namespace qd::app
