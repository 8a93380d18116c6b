#include "app/pages/rollouts/analysis/run_facts.hpp"

#include <algorithm>
#include <cmath>

namespace qd::app {

using rollouts::MetricProvider;
using rollouts::RunPhase;
using widgets::State;

Wording wordOf(RunPhase phase) {
    switch (phase) {
        case RunPhase::pending:
            return {State::NoData, QStringLiteral("Not begun")};
        case RunPhase::running:
            return {State::Info, QStringLiteral("Running")};
        case RunPhase::successful:
            return {State::Good, QStringLiteral("Successful")};
        case RunPhase::failed:
            return {State::Bad, QStringLiteral("Failed")};
        case RunPhase::error:
            return {State::Bad, QStringLiteral("Measuring failed")};
        case RunPhase::inconclusive:
            return {State::Warn, QStringLiteral("Inconclusive")};
    }
    return {};
}

QString purposeWords(const std::string& purpose) {
    if (purpose == "step") return QStringLiteral("at its step");
    if (purpose == "background") return QStringLiteral("in the background");
    if (purpose == "pre_promotion") return QStringLiteral("before the promotion");
    if (purpose == "post_promotion") return QStringLiteral("after the promotion");
    if (purpose == "experiment") return QStringLiteral("of the experiment");
    return str(purpose);
}

QString providerWords(const MetricProvider& provider) {
    switch (provider.kind) {
        case MetricProvider::Kind::prometheus:
            return provider.address.empty() ? QStringLiteral("Prometheus: %1").arg(str(provider.query))
                                            : QStringLiteral("Prometheus at %1: %2")
                                                  .arg(str(provider.address), str(provider.query));
        case MetricProvider::Kind::site:
            return QStringLiteral("The site's %1 of the %2 arm").arg(str(provider.query), str(provider.arm));
        case MetricProvider::Kind::judge:
            return QStringLiteral("The judge's word on the %1 of the arms").arg(str(provider.query));
    }
    return {};
}

QStringList conditionWords(const rollouts::MetricSpec& spec) {
    QStringList words;
    if (!spec.success_condition.empty())
        words << QStringLiteral("Succeeds while %1").arg(str(spec.success_condition));
    if (!spec.failure_condition.empty())
        words << QStringLiteral("Fails when %1").arg(str(spec.failure_condition));
    if (words.isEmpty() && spec.provider.kind != MetricProvider::Kind::judge)
        words << QStringLiteral("No condition: whatever is measured succeeds");
    QString often = spec.interval ? QStringLiteral("Measured every %1").arg(span(*spec.interval))
                                  : QStringLiteral("Measured once");
    if (spec.count)
        often += QStringLiteral(", %1 times").arg(*spec.count);
    else if (spec.interval)
        often += QStringLiteral(" until the run is ended");
    if (spec.initial_delay.count() > 0) often += QStringLiteral(", after %1").arg(span(spec.initial_delay));
    return words << often;
}

QString countAgainst(std::uint64_t count, std::int64_t limit) {
    return limit < 0 ? QString::number(count) : QStringLiteral("%1 of %2").arg(count).arg(limit);
}

double numberIn(const std::string& value) {
    QString text = str(value).trimmed();
    // A vector of one is its number; of several none of them is the measurement.
    if (text.startsWith(QLatin1Char('[')) && text.endsWith(QLatin1Char(']')))
        text = text.mid(1, text.size() - 2).trimmed();
    bool ok = false;
    const double number = text.toDouble(&ok);
    return ok && std::isfinite(number) ? number : qQNaN();
}

QVector<double> trendOf(const rollouts::MetricRun& metric) {
    QVector<double> trend;
    for (const rollouts::Measurement& one : metric.latest) trend << numberIn(one.value);
    const bool any = std::any_of(trend.begin(), trend.end(), [](double value) { return !std::isnan(value); });
    return any ? trend : QVector<double>();
}

}  // namespace qd::app
