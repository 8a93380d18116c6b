#pragma once
// What a comparison found, in words and rows. Pure.

#include <QPointF>
#include <QString>
#include <QVector>
#include <vector>

#include "compare/lockstep.hpp"
#include "widgets/charts/series.hpp"
#include "widgets/theme/tokens.hpp"

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
    QString text;    // the verdict's own sentence
    QString detail;  // what else was found, a line each
};
VerdictLine verdictLine(const compare::Verdict& verdict, bool running);

/// "SSIM 0.9871 · PSNR 41.2 dB"; "identical" is said as that.
QString scoreText(const compare::PairScore& score);

/// For a chart over the position in the title, in ms from its start: one point a pair.
QVector<QPointF> ssimPoints(const std::vector<compare::PairScore>& scores);
QVector<QPointF> psnrPoints(const std::vector<compare::PairScore>& scores);
/// Where a side stands still or is black while the other is not.
QVector<widgets::Shade> scoreShades(const std::vector<compare::PairScore>& scores, const QString& nameA,
                                    const QString& nameB);
/// "0:12" for an axis in ms of the title.
QString offsetText(const compare::LockstepSnapshot& snapshot);

}  // namespace qd::app
