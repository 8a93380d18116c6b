#pragma once
// What a comparison found, in words and rows. Pure.

#include <QString>
#include <QVector>
#include <vector>

#include "compare/lockstep.hpp"
#include "widgets/charts/series.hpp"
#include "widgets/theme/tokens.hpp"
#include "widgets/video/score_plot.hpp"

namespace qd::app {

/// "–" is "not known", and differs from nothing.
struct DeltaRow {
    QString name;
    QString a, b;
    QString delta;                                   // b minus a, signed, with its unit
    widgets::State state = widgets::State::Neutral;  // Bad: b is worse by more than noise
    QString formula;
};
QVector<DeltaRow> deltaRows(const compare::LockstepSnapshot& snapshot);

struct VerdictLine {
    widgets::State state = widgets::State::NoData;
    QString word;    // "Same", "Different", "Not enough yet"
    QString text;    // the verdict's own sentence; of several findings the first, and how many more
    QString detail;  // what else was found, a line each
};
VerdictLine verdictLine(const compare::Verdict& verdict, bool running);

/// "SSIM 0.9871 · PSNR 41.2 dB"; "identical" is said as that.
QString scoreText(const compare::PairScore& score);
/// Of the pair on the screen, which is not the one that was scored last; empty when it is not known (yet).
QString scoreCaption(const std::vector<compare::PairScore>& scores, const compare::LockstepSnapshot& now);

/// For the plot over the position in the title: one point a moment, the newest score of it, ascending.
QVector<widgets::ScorePoint> scorePoints(const std::vector<compare::PairScore>& scores);
/// What was found, with its kind in words: "canary frozen", "pictures differ".
QVector<widgets::Shade> findingShades(const compare::Verdict& verdict);
/// By how much the sides are apart, in words.
QString offsetText(const compare::LockstepSnapshot& snapshot);

}  // namespace qd::app
