#include "app/pages/rollouts/rollout_views.hpp"

#include <cmath>

#include "app/adapters/rollout_adapter.hpp"
#include "app/models/values.hpp"
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
    }
    return {};
}

QString wholeDetail(const Step& step) {
    if (step.duration) return span(*step.duration);
    return step.kind == StepKind::pause ? QStringLiteral("until resumed") : QString();
}

std::optional<double> newest(const opsclient::Series* series, const std::string& arm) {
    if (!series) return std::nullopt;
    for (const opsclient::SeriesLine& line : series->lines)
        if (line.label == arm && !line.points.empty()) return line.points.back().value;
    return std::nullopt;
}

ArmLine armLine(const QString& measure, std::optional<double> stable, std::optional<double> canary,
                Formatter format, const QString& explanation) {
    ArmLine line{measure,    format(number(stable)), format(number(canary)), QStringLiteral("–"), -1,
                 explanation};
    if (stable && canary) {
        const double difference = *canary - *stable;
        const QString sign = difference > 0   ? QStringLiteral("+")
                             : difference < 0 ? QStringLiteral("−")
                                              : QString();
        line.difference = difference == 0 ? QStringLiteral("none") : sign + format(std::abs(difference));
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
    const auto& canary = rollout.canary;
    const auto& steps = rollout.specification.steps;
    const bool stopped = canary.course == Course::aborted || canary.course == Course::ramping_down;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        TrackStep shown{stepTitle(steps[i]), wholeDetail(steps[i]), StepState::Pending, qQNaN()};
        const bool finished = canary.course == Course::promoted || canary.course == Course::promoting ||
                              canary.course == Course::undoing || canary.course == Course::undone;
        if (i < canary.step)
            shown.state = StepState::Done;
        else if (finished)
            shown.state = StepState::Skipped;
        else if (stopped)
            shown.state = i == canary.step ? StepState::Failed : StepState::Skipped;
        else if (i == canary.step) {
            shown.state = canary.held || (steps[i].kind == StepKind::pause && !steps[i].duration)
                              ? StepState::Paused
                              : StepState::Current;
            if (canary.held)
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
    const auto of = [](const rollouts::ArmReading* arm, auto value) -> std::optional<double> {
        return arm ? std::optional<double>(value(*arm)) : std::nullopt;
    };
    const auto ratio = [](const rollouts::ArmReading* arm,
                          std::optional<double> rollouts::ArmReading::*member) {
        return arm ? arm->*member : std::nullopt;
    };
    const auto points = [](double share) { return formatPercent(share, 2); };
    const auto millis = [](double ms) { return formatSeconds(ms / 1000); };
    std::vector<ArmLine> lines;
    auto requests =
        armLine(QStringLiteral("Requests"), of(stable, [](auto& a) { return double(a.counts.requests); }),
                of(canary, [](auto& a) { return double(a.counts.requests); }), formatCount,
                QStringLiteral("Within the analysis' window"));
    requests.difference.clear();
    lines.push_back(requests);
    auto errors =
        armLine(QStringLiteral("Errors"), of(stable, [](auto& a) { return double(a.counts.errors); }),
                of(canary, [](auto& a) { return double(a.counts.errors); }), formatCount,
                QStringLiteral("Requests that failed, within the analysis' window"));
    errors.difference.clear();
    lines.push_back(errors);
    auto errorRatio =
        armLine(QStringLiteral("Error ratio"), ratio(stable, &rollouts::ArmReading::error_ratio),
                ratio(canary, &rollouts::ArmReading::error_ratio), points, {});
    applyVerdict(errorRatio, rollout.verdict, "error");
    lines.push_back(errorRatio);
    auto slow = armLine(QStringLiteral("Slower than %1")
                            .arg(formatSeconds(rollout.specification.analysis.latency_threshold_s)),
                        ratio(stable, &rollouts::ArmReading::slow_ratio),
                        ratio(canary, &rollouts::ArmReading::slow_ratio), points, {});
    applyVerdict(slow, rollout.verdict, "slow");
    lines.push_back(slow);
    lines.push_back(armLine(QStringLiteral("Response p95"), newest(series.latencyP95, "stable"),
                            newest(series.latencyP95, "canary"), millis,
                            QStringLiteral("At the gateway, newest reading")));
    lines.push_back(armLine(QStringLiteral("Start-up p95"), newest(series.startupP95, "stable"),
                            newest(series.startupP95, "canary"), millis,
                            QStringLiteral("As viewers see it: request to first frame")));
    lines.push_back(armLine(QStringLiteral("Stalled"), newest(series.stallRatio, "stable"),
                            newest(series.stallRatio, "canary"), points,
                            QStringLiteral("Stalled time of watched time, as viewers see it")));
    return lines;
}

}  // namespace qd::app
