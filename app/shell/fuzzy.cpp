#include "app/shell/fuzzy.hpp"

#include <limits>

namespace qd::app {
namespace {

constexpr int kHit = 10;
constexpr int kWordStart = 12;
constexpr int kRun = 14;
constexpr int kGap = 1;  // for each character skipped between two hits, at most kMaxGap
constexpr int kMaxGap = 8;
constexpr int kLongText = 1'024;  // titles come from outside; what is longer is cut

bool startsWord(const QString& text, int at) {
    if (at == 0) return true;
    const QChar before = text[at - 1];
    return !before.isLetterOrNumber() || (before.isLower() && text[at].isUpper());
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& pattern, const QString& whole) {
    QString wanted;
    for (const QChar c : pattern.left(64))
        if (!c.isSpace()) wanted.append(c.toLower());
    if (wanted.isEmpty()) return FuzzyMatch{};
    const QString text = whole.left(kLongText);
    const int columns = int(text.size());
    const int rows = int(wanted.size());
    if (rows > columns) return std::nullopt;

    // best[r][c]: the best score of the first r+1 characters with the last of them at c (dynamic programming,
    // so that the word start is found even when the same letter comes earlier).
    constexpr int kNone = std::numeric_limits<int>::min() / 2;
    QVector<QVector<int>> best(rows, QVector<int>(columns, kNone));
    QVector<QVector<int>> from(rows, QVector<int>(columns, -1));
    for (int r = 0; r < rows; ++r) {
        for (int c = r; c < columns; ++c) {
            if (text[c].toLower() != wanted[r]) continue;
            const int here = kHit + (startsWord(text, c) ? kWordStart : 0);
            if (r == 0) {
                best[r][c] = here - std::min(c, kMaxGap) * kGap;
                continue;
            }
            for (int p = r - 1; p < c; ++p) {
                if (best[r - 1][p] == kNone) continue;
                const int gap = c - p - 1;
                const int score = best[r - 1][p] + here + (gap == 0 ? kRun : -std::min(gap, kMaxGap) * kGap);
                if (score > best[r][c]) {
                    best[r][c] = score;
                    from[r][c] = p;
                }
            }
        }
    }
    int end = -1;
    for (int c = 0; c < columns; ++c)
        if (best[rows - 1][c] != kNone && (end < 0 || best[rows - 1][c] > best[rows - 1][end])) end = c;
    if (end < 0) return std::nullopt;

    FuzzyMatch match;
    match.score = best[rows - 1][end] - std::min(columns / 8, kMaxGap);  // of equals the shorter title first
    match.positions.resize(rows);
    for (int r = rows - 1, c = end; r >= 0; c = from[r][c], --r) match.positions[r] = c;
    return match;
}

}  // namespace qd::app
