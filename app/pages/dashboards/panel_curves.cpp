#include "app/pages/dashboards/panel_curves.hpp"

#include <algorithm>
#include <cmath>

namespace qd::app {

using widgets::Series;
using widgets::State;
using widgets::Token;

namespace {

constexpr qint64 kStaleMs = 10'000;
constexpr std::int64_t kLeastGapS = 5;
/// Shorter steps show each peak themselves: a band around them would only tell that events come one by one.
constexpr std::int64_t kBandFromS = 5;

/// Beyond these a second round of the colours is dashed.
constexpr int kColours = 8;

QString perMinute(double value) {
    return std::isnan(value) ? QStringLiteral("–") : widgets::formatCount(value) + QStringLiteral(" /min");
}

QString bytesPerSecond(double value) {
    return std::isnan(value) ? QStringLiteral("–") : widgets::formatBytes(value) + QStringLiteral("/s");
}

bool everRead(const opsclient::PanelCurves& curves) {
    return std::any_of(curves.lines.begin(), curves.lines.end(),
                       [](const opsclient::Curve& line) { return line.as_of.has_value(); });
}

qint64 newestMs(const opsclient::PanelCurves& curves) {
    qint64 newest = 0;
    for (const opsclient::Curve& line : curves.lines) newest = std::max(newest, msOf(line.as_of));
    return newest;
}

}  // namespace

std::optional<widgets::Unit> chartUnitOf(dashboards::Unit unit) {
    switch (unit) {
        case dashboards::Unit::count:
            return widgets::Unit::Count;
        case dashboards::Unit::ratio:
            return widgets::Unit::Ratio;
        case dashboards::Unit::percent:
            return widgets::Unit::Percent;
        case dashboards::Unit::seconds:
            return widgets::Unit::Seconds;
        case dashboards::Unit::per_second:
            return widgets::Unit::PerSecond;
        case dashboards::Unit::bytes:
            return widgets::Unit::Bytes;
        case dashboards::Unit::per_minute:
        case dashboards::Unit::bytes_per_second:
            break;
    }
    return std::nullopt;
}

widgets::Formatter formatterOf(dashboards::Unit unit) {
    if (const auto known = chartUnitOf(unit)) return widgets::formatterFor(*known);
    return unit == dashboards::Unit::per_minute ? widgets::Formatter(perMinute)
                                                : widgets::Formatter(bytesPerSecond);
}

QString unitWord(dashboards::Unit unit) {
    switch (unit) {
        case dashboards::Unit::count:
            break;
        case dashboards::Unit::ratio:
        case dashboards::Unit::percent:
            return QStringLiteral("share of 1");
        case dashboards::Unit::seconds:
            return QStringLiteral("seconds");
        case dashboards::Unit::per_second:
            return QStringLiteral("per second");
        case dashboards::Unit::per_minute:
            return QStringLiteral("per minute");
        case dashboards::Unit::bytes:
            return QStringLiteral("bytes");
        case dashboards::Unit::bytes_per_second:
            return QStringLiteral("bytes per second");
    }
    return {};
}

QVector<Series> seriesOf(const opsclient::PanelCurves& curves) {
    QVector<Series> list;
    int next = 0;
    for (const opsclient::Curve& line : curves.lines) {
        Series series;
        series.id = QString::number(list.size());
        series.name = str(line.label);
        const bool arm = line.split == "stable" || line.split == "canary";
        series.color = line.split == "stable" ? Token::Stable
                       : arm                  ? Token::Canary
                                              : widgets::seriesToken(next);
        series.dashed = line.split == "canary" || (!arm && next >= kColours);
        if (!arm) ++next;
        series.points.reserve(qsizetype(line.points.size()));
        const bool band = curves.step_s >= kBandFromS &&
                          std::any_of(line.points.begin(), line.points.end(),
                                      [](const opsclient::CurvePoint& p) { return p.low < p.high; });
        for (const opsclient::CurvePoint& point : line.points) {
            // A step's value stands in its middle.
            const double at = double(msOf(point.at)) + double(curves.step_s) * 500;
            series.points.append({at, point.value});
            if (!band) continue;
            series.low.append({at, point.low});
            series.high.append({at, point.high});
        }
        list.append(std::move(series));
    }
    return list;
}

double gapAfterMs(const opsclient::PanelCurves& curves) {
    return double(std::max(kLeastGapS, curves.step_s * 5 / 2)) * 1000;
}

Wording stateOf(const opsclient::PanelCurves& curves, qint64 nowMs) {
    if (!everRead(curves)) {
        return {State::NoData, QStringLiteral("No data: nothing that is scraped matches")};
    }
    const auto covered = std::any_of(curves.lines.begin(), curves.lines.end(),
                                     [](const opsclient::Curve& line) { return line.covered_s > 0; });
    const qint64 newest = newestMs(curves);
    const qint64 patience = kStaleMs + curves.step_s * 1'000;
    if (nowMs > 0 && nowMs - newest > patience)
        return {State::Stale,
                QStringLiteral("Stale: the last reading is from %1").arg(widgets::formatClock(newest))};
    if (!covered) return {State::NoData, QStringLiteral("No data in this range")};
    const auto drawn = std::any_of(curves.lines.begin(), curves.lines.end(),
                                   [](const opsclient::Curve& line) { return !line.points.empty(); });
    if (!drawn) return {State::NoData, QStringLiteral("No traffic in this range")};
    return {State::Neutral, {}};
}

widgets::StatReading readingOf(const opsclient::PanelCurves& curves, const opsclient::Panel& panel,
                               const QString& range, qint64 nowMs) {
    widgets::StatReading reading;
    const Wording state = stateOf(curves, nowMs);
    const QString label = panel.sources.empty() ? QString() : str(panel.sources.front().label);
    const bool gauge = !panel.sources.empty() && panel.sources.front().function == "gauge";
    QStringList sub;
    if (!label.isEmpty()) sub << label;
    sub << (gauge ? QStringLiteral("now") : range);
    reading.sub = sub.join(QStringLiteral(" · "));
    reading.atMs = newestMs(curves);
    if (state.state != State::Neutral) {
        reading.state = state.state;
        reading.sub = state.text;
    }
    if (curves.lines.empty() || !curves.lines.front().over_range) return reading;
    const QString text = formatterOf(curves.unit)(*curves.lines.front().over_range);
    // "2 h 5 min" stays together.
    const qsizetype blank = text.count(QLatin1Char(' ')) == 1 ? text.indexOf(QLatin1Char(' ')) : -1;
    reading.value = blank < 0 ? text : text.left(blank);
    reading.unit = blank < 0 ? QString() : text.mid(blank + 1);
    return reading;
}

QVector<double> trendOf(const opsclient::PanelCurves& curves) {
    QVector<double> values;
    if (curves.lines.empty() || curves.lines.front().points.empty()) return values;
    const auto& points = curves.lines.front().points;
    const qint64 step = std::max<std::int64_t>(1, curves.step_s) * 1'000;
    const qint64 first = msOf(points.front().at);
    const qsizetype count = std::min<qint64>((msOf(points.back().at) - first) / step + 1, 4'000);
    values.fill(qQNaN(), count);
    for (const opsclient::CurvePoint& point : points)
        if (const qint64 at = (msOf(point.at) - first) / step; at >= 0 && at < count)
            values[at] = point.value;
    return values;
}

QString sourcesOf(const opsclient::Panel& panel) {
    QStringList lines;
    for (const opsclient::PanelSource& source : panel.sources)
        lines << (source.label.empty() ? str(source.query)
                                       : QStringLiteral("%1: %2").arg(str(source.label), str(source.query)));
    return lines.join(QLatin1Char('\n'));
}

}  // namespace qd::app
