#include "widgets/charts/axis_ticks.hpp"

#include <QDateTime>
#include <QLocale>
#include <array>
#include <cmath>

namespace qd::widgets {
namespace {

constexpr std::array<double, 23> timeSteps = {0.1,  0.2,   0.5,   1,     2,     5,      10,    15,
                                              30,   60,    120,   300,   600,   900,    1800,  3600,
                                              7200, 10800, 21600, 43200, 86400, 172800, 604800};

}  // namespace

QVector<Tick> timeTicks(const TimeRange& range, int pixels, int minPixels) {
    QVector<Tick> ticks;
    if (range.span() <= 0 || pixels <= 0) return ticks;
    const double leastMs = range.span() * minPixels / pixels;
    double stepMs = timeSteps.back() * 1000;
    for (const double seconds : timeSteps) {
        if (seconds * 1000 >= leastMs) {
            stepMs = seconds * 1000;
            break;
        }
    }
    while (stepMs < leastMs) stepMs *= 2;
    // Aligned to local midnight, so that a step of six hours means 0, 6, 12, 18.
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(range.fromMs));
    const double offset = from.offsetFromUtc() * 1000.0;
    const QString format = stepMs < 1000    ? QStringLiteral("mm:ss.z")
                           : stepMs < 60000 ? QStringLiteral("HH:mm:ss")
                                            : QStringLiteral("HH:mm");
    const double first = std::ceil((range.fromMs + offset) / stepMs) * stepMs - offset;
    for (double at = first; at <= range.toMs && ticks.size() < 200; at += stepMs) {
        const QDateTime when = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(std::llround(at)));
        const bool midnight = when.time() == QTime(0, 0);
        const bool day = stepMs >= 86400e3 || (midnight && stepMs >= 60e3);
        ticks.append(
            {at, day ? QLocale::c().toString(when.date(), QStringLiteral("d MMM")) : when.toString(format)});
    }
    return ticks;
}

QVector<Tick> valueTicks(double low, double high, int count, const Formatter& format) {
    QVector<Tick> ticks;
    if (!(high > low) || count < 1 || !std::isfinite(high - low)) return ticks;
    const double rough = (high - low) / count;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
        if (factor * power >= rough * (1 - 1e-9)) {
            step = factor * power;
            break;
        }
    }
    const double slack = step * 1e-6;
    const double first = std::ceil((low - slack) / step);
    // Counted by int: beyond 2^53 a double plus one is itself, and the loop would not end.
    for (int i = 0; i <= 2 * count + 2; ++i) {
        const double value = (first + i) * step;
        if (value > high + slack) break;
        const double clean = std::abs(value) < slack ? 0 : value;  // no "-0"
        ticks.append({clean, format ? format(clean) : QString::number(clean)});
    }
    return ticks;
}

}  // namespace qd::widgets
