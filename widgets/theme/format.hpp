#pragma once
// Numbers as people read them. All take NaN and give "–".
#include <QString>
#include <functional>

namespace qd::widgets {

using Formatter = std::function<QString(double)>;

// 0.99871 -> "99.871 %", 0.5 -> "50.0 %", 1 -> "100 %"; never rounds up to 100 % what is less.
QString formatRatio(double ratio);
// 0.0123 -> "1.2 %", fixed digits.
QString formatPercent(double ratio, int digits = 1);
// 0.0042 -> "4.2 ms", 1.5 -> "1.50 s", 95 -> "1 min 35 s", 7300 -> "2 h 1 min"
QString formatSeconds(double seconds);
// 1234.5 -> "1.23 k/s"
QString formatRate(double perSecond);
// 14.4 -> "14.4×"
QString formatFactor(double factor);
// 1234567 -> "1.23 M"
QString formatCount(double count);
// 1500 -> "1.5 kB" (powers of 1000)
QString formatBytes(double bytes);
// 2_500_000 -> "2.5 Mbit/s"
QString formatBitrate(double bitsPerSecond);
// Age in ms -> "now", "2 s ago", "3 min ago", "2 h ago", "4 d ago"
QString formatAge(qint64 ageMs);
// ms since the epoch -> "14:03:27" in local time; with the date where it is not today.
QString formatClock(qint64 msSinceEpoch, bool withSeconds = true);
// ms -> "1:02:03" or "2:03", for positions in a title.
QString formatPosition(qint64 positionMs);

}  // namespace qd::widgets
