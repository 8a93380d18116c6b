#include <QStringList>

#include "app/models/values.hpp"
#include "app/pages/rollouts/rollout_actions.hpp"

namespace qd::app {
namespace {

using rollouts::Step;
using rollouts::StepKind;

constexpr qsizetype kMaxSteps = 64;

QString stepDuration(std::chrono::milliseconds duration) {
    const auto ms = duration.count();
    if (ms % 3'600'000 == 0) return QStringLiteral("%1h").arg(ms / 3'600'000);
    if (ms % 60'000 == 0) return QStringLiteral("%1m").arg(ms / 60'000);
    if (ms % 1'000 == 0) return QStringLiteral("%1s").arg(ms / 1'000);
    return QStringLiteral("%1ms").arg(ms);
}

core::Result<Step> parseStep(const QString& part) {
    const QStringList words = part.simplified().toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const auto wrong = [&part](const char* why) {
        return core::fail(core::Errc::invalid_argument, "\"{}\": {}", part.trimmed().toStdString(), why);
    };
    if (words.isEmpty() || words.size() > 2) return wrong("write a weight, pause or analysis");
    Step step;
    if (words[0] == QLatin1String("pause") || words[0] == QLatin1String("analysis")) {
        step.kind = words[0] == QLatin1String("pause") ? StepKind::pause : StepKind::analysis;
        if (words.size() == 2) {
            const auto duration = rollouts::parse_duration(words[1].toStdString());
            if (!duration) return wrong("durations are written 30s, 5m or 1h");
            step.duration = *duration;
        }
        return step;
    }
    QString weight = words[0];
    if (weight.endsWith(QLatin1Char('%'))) weight.chop(1);
    bool ok = false;
    const int value = weight.toInt(&ok);
    if (!ok || words.size() != 1 || value < 0 || value > 100) return wrong("a weight is 0 to 100");
    step.weight = unsigned(value);
    return step;
}

}  // namespace

core::Result<std::vector<Step>> parseSteps(const QString& text) {
    std::vector<Step> steps;
    const QStringList parts = text.split(QLatin1Char(','), Qt::SkipEmptyParts);
    if (parts.size() > kMaxSteps)
        return core::fail(core::Errc::invalid_argument, "at most {} steps", kMaxSteps);
    for (const QString& part : parts) {
        auto step = parseStep(part);
        if (!step) return tl::unexpected(step.error());
        steps.push_back(*step);
    }
    if (steps.empty()) return core::fail(core::Errc::invalid_argument, "at least one step is needed");
    return steps;
}

QString stepsText(const std::vector<Step>& steps) {
    QStringList parts;
    for (const Step& step : steps) {
        if (step.kind == StepKind::set_weight) {
            parts << QString::number(step.weight);
            continue;
        }
        QString part = step.kind == StepKind::pause ? QStringLiteral("pause") : QStringLiteral("analysis");
        if (step.duration) part += QLatin1Char(' ') + stepDuration(*step.duration);
        parts << part;
    }
    return parts.join(QStringLiteral(", "));
}

core::Result<rollouts::Specification> specificationOf(const QVariantMap& parameters) {
    const QString whole = parameters.value(QStringLiteral("specification")).toString();
    if (!whole.isEmpty()) return rollouts::parse_specification(whole.toStdString());
    rollouts::Specification specification;
    auto steps = parseSteps(parameters.value(QStringLiteral("steps")).toString());
    if (!steps) return tl::unexpected(steps.error());
    specification.steps = std::move(*steps);
    specification.target.label =
        parameters.value(QStringLiteral("version")).toString().trimmed().toStdString();
    if (specification.target.label.empty())
        return core::fail(core::Errc::invalid_argument, "the version to roll out is needed");
    specification.name = specification.target.label;
    specification.target.instances =
        unsigned(std::clamp(parameters.value(QStringLiteral("instances"), 1).toInt(), 1, 8));
    const QString trust = parameters.value(QStringLiteral("trust"), QStringLiteral("pause")).toString();
    specification.analysis.on_failure = trust == QLatin1String("abort")    ? rollouts::Trust::abort
                                        : trust == QLatin1String("advise") ? rollouts::Trust::advise
                                                                           : rollouts::Trust::pause;
    const int windowS = parameters.value(QStringLiteral("window_s"), 0).toInt();
    if (windowS > 0) specification.analysis.window = std::chrono::seconds(windowS);
    const int least = parameters.value(QStringLiteral("min_sample"), 0).toInt();
    if (least > 0) specification.analysis.min_sample = std::uint64_t(least);
    QVariantList faults = parameters.value(QStringLiteral("faults")).toList();
    const QString rehearsal = parameters.value(QStringLiteral("rehearse")).toString();
    if (rehearsal == QLatin1String("slow") || rehearsal == QLatin1String("both"))
        faults << QVariantMap{{"kind", "delay"}, {"amount", 600}, {"ratio", 0.5}};
    if (rehearsal == QLatin1String("failing") || rehearsal == QLatin1String("both"))
        faults << QVariantMap{{"kind", "error"}, {"amount", 503}, {"ratio", 0.5}};
    for (const QVariant& one : faults) {
        const QVariantMap fault = one.toMap();
        rollouts::BornFault born;
        born.kind = fault.value(QStringLiteral("kind")).toString().toStdString();
        born.amount = fault.value(QStringLiteral("amount")).toDouble();
        born.ratio = fault.value(QStringLiteral("ratio"), 1).toDouble();
        born.for_s = fault.value(QStringLiteral("for_s"), 3600).toDouble();
        specification.target.faults.push_back(std::move(born));
    }
    // The server's own check, so that what it would refuse is said before anything is sent.
    return rollouts::parse_specification(rollouts::to_json_text(specification));
}

}  // namespace qd::app
