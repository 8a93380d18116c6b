#include "widgets/charts/series.hpp"

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
        case MarkKind::Note:
            return QStringLiteral("Note");
    }
    return {};
}

}  // namespace qd::widgets
