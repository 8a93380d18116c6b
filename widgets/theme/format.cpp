#include "widgets/theme/format.hpp"

#include <QDateTime>
#include <QLocale>
#include <cmath>

namespace qd::widgets {
namespace {

const QString dash = QStringLiteral("–");

// U+2009 between number and unit would be typographically right, but delegates split at the ordinary space.
QString joined(double value, int digits, const char* unit) {
    return QString::number(value, 'f', digits) + QLatin1Char(' ') + QLatin1String(unit);
}

// Three significant digits by powers of 1000.
QString scaled(double value, const char* unit) {
    static constexpr const char* prefixes[] = {"", "k", "M", "G", "T", "P"};
    const double magnitude = std::abs(value);
    int power = 0;
    double shown = value;
    while (std::abs(shown) >= 999.5 && power < 5) {
        shown /= 1000;
        ++power;
    }
    const double size = std::abs(shown);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    if (power == 0 && magnitude == std::floor(magnitude)) digits = 0;
    QString text = QString::number(shown, 'f', digits);
    const QString suffix = QLatin1String(prefixes[power]) + QLatin1String(unit);
    return suffix.isEmpty() ? text : text + QLatin1Char(' ') + suffix;
}

}  // namespace

QString formatRatio(double ratio) {
    if (!std::isfinite(ratio)) return dash;
    const double missing = std::abs(1 - ratio);
    // One precision where nines matter, so that columns of them align.
    int digits = missing >= 0.1 ? 1 : 3;
    if (missing < 1e-12) digits = 0;
    double percent = ratio * 100;
    // Never round up to a full hundred what is less: 99.9996 % is shown as 99.999 %.
    if (ratio < 1 && digits == 3) percent = std::min(percent, 99.999);
    return joined(percent, digits, "%");
}

QString formatPercent(double ratio, int digits) {
    if (!std::isfinite(ratio)) return dash;
    return joined(ratio * 100, digits, "%");
}

QString formatSeconds(double seconds) {
    if (!std::isfinite(seconds)) return dash;
    const double s = std::abs(seconds);
    const QString sign = seconds < 0 ? QStringLiteral("−") : QString();
    if (s == 0) return QStringLiteral("0 s");
    if (s < 0.001) return sign + joined(s * 1e6, 0, "us").replace(QLatin1Char('u'), QChar(0x00b5));
    if (s < 0.9995) return sign + joined(s * 1000, s < 0.01 ? 1 : 0, "ms");
    if (s < 10) return sign + joined(s, 2, "s");
    if (s < 60) return sign + joined(s, 1, "s");
    const auto total = static_cast<qint64>(std::llround(s));
    const qint64 days = total / 86400, hours = total / 3600, minutes = total / 60;
    if (minutes < 60)
        return sign + QStringLiteral("%1 min").arg(minutes) +
               (total % 60 ? QStringLiteral(" %1 s").arg(total % 60) : QString());
    if (hours < 48)
        return sign + QStringLiteral("%1 h").arg(hours) +
               (minutes % 60 ? QStringLiteral(" %1 min").arg(minutes % 60) : QString());
    return sign + QStringLiteral("%1 d").arg(days) +
           (hours % 24 ? QStringLiteral(" %1 h").arg(hours % 24) : QString());
}

QString formatRate(double perSecond) {
    return std::isfinite(perSecond) ? scaled(perSecond, "/s") : dash;
}

QString formatFactor(double factor) {
    if (!std::isfinite(factor)) return dash;
    const double size = std::abs(factor);
    const int digits = size >= 100 || factor == std::floor(factor) ? 0 : size >= 10 ? 1 : 2;
    return QString::number(factor, 'f', digits) + QChar(0x00d7);
}

QString formatCount(double count) {
    return std::isfinite(count) ? scaled(count, "") : dash;
}
QString formatBytes(double bytes) {
    return std::isfinite(bytes) ? scaled(bytes, "B") : dash;
}
QString formatBitrate(double bitsPerSecond) {
    return std::isfinite(bitsPerSecond) ? scaled(bitsPerSecond, "bit/s") : dash;
}

QString formatAge(qint64 ageMs) {
    if (ageMs < 1000) return QStringLiteral("now");
    const qint64 s = ageMs / 1000;
    if (s < 60) return QStringLiteral("%1 s ago").arg(s);
    if (s < 3600) return QStringLiteral("%1 min ago").arg(s / 60);
    if (s < 48 * 3600) return QStringLiteral("%1 h ago").arg(s / 3600);
    return QStringLiteral("%1 d ago").arg(s / 86400);
}

QString formatClock(qint64 msSinceEpoch, bool withSeconds) {
    const QDateTime when = QDateTime::fromMSecsSinceEpoch(msSinceEpoch);
    const QString clock = when.toString(withSeconds ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
    if (when.date() == QDate::currentDate()) return clock;
    return QLocale::c().toString(when.date(), QStringLiteral("d MMM")) + QLatin1Char(' ') + clock;
}

QString formatPosition(qint64 positionMs) {
    const qint64 s = std::max<qint64>(0, positionMs) / 1000;
    const QChar zero = QLatin1Char('0');
    if (s < 3600) return QStringLiteral("%1:%2").arg(s / 60).arg(s % 60, 2, 10, zero);
    return QStringLiteral("%1:%2:%3").arg(s / 3600).arg(s / 60 % 60, 2, 10, zero).arg(s % 60, 2, 10, zero);
}

}  // namespace qd::widgets
