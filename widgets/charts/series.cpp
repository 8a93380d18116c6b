#include "widgets/charts/series.hpp"

#include <cmath>

namespace qd::widgets {

Formatter formatterFor(Unit unit) {
    switch (unit) {
        case Unit::Ratio:
            return formatRatio;
        case Unit::Percent:
            return [](double ratio) { return formatPercent(ratio, 1); };
        case Unit::Seconds:
            return formatSeconds;
        case Unit::PerSecond:
            return formatRate;
        case Unit::Factor:
            return formatFactor;
        case Unit::Count:
            return formatCount;
        case Unit::Bytes:
            return formatBytes;
        case Unit::BitsPerSecond:
            return formatBitrate;
    }
    return formatCount;
}

QString unitText(Unit unit) {
    switch (unit) {
        case Unit::Ratio:
        case Unit::Percent:
            return QStringLiteral("share of 1");
        case Unit::Seconds:
            return QStringLiteral("seconds");
        case Unit::PerSecond:
            return QStringLiteral("per second");
        case Unit::Factor:
            return QStringLiteral("times");
        case Unit::Bytes:
            return QStringLiteral("bytes");
        case Unit::BitsPerSecond:
            return QStringLiteral("bits per second");
        case Unit::Count:
            break;
    }
    return {};
}

Formatter axisFormatterFor(Unit unit, double step) {
    if (unit != Unit::Ratio && unit != Unit::Percent) return formatterFor(unit);
    int digits = 0;
    for (double s = step * 100; digits < 4 && std::abs(s - std::round(s)) > 1e-6; s *= 10) ++digits;
    return [digits](double ratio) { return formatPercent(ratio, digits); };
}

Token markToken(MarkKind kind) {
    switch (kind) {
        case MarkKind::Deploy:
            return Token::Info;
        case MarkKind::CanaryStep:
            return Token::Canary;
        case MarkKind::Incident:
        case MarkKind::Alert:
            return Token::Bad;
        case MarkKind::Chaos:
            return Token::Warn;
        case MarkKind::Exclusion:
        case MarkKind::Note:
            return Token::Neutral;
    }
    return Token::Neutral;
}

QString markWord(MarkKind kind) {
    switch (kind) {
        case MarkKind::Deploy:
            return QStringLiteral("Deploy");
        case MarkKind::CanaryStep:
            return QStringLiteral("Canary");
        case MarkKind::Incident:
            return QStringLiteral("Incident");
        case MarkKind::Alert:
            return QStringLiteral("Alert");
        case MarkKind::Chaos:
            return QStringLiteral("Fault");
        case MarkKind::Exclusion:
            return QStringLiteral("Left out");
        case MarkKind::Note:
            return QStringLiteral("Note");
    }
    return {};
}

}  // namespace qd::widgets
