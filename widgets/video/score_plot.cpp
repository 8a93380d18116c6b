#include "widgets/video/score_plot.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/theme/format.hpp"

namespace qd::widgets {
namespace {

constexpr qreal kScoreLeft = 44, kScoreRight = 44, kScoreTop = 22, kScoreBottom = 20;
constexpr double kBestDb = 60, kWorstDb = 10;  // beyond these nothing more is to be seen
constexpr double kReachPx = 12;                // further from any pair there is nothing to tell

QString scorePosition(double ms) {
    return QStringLiteral("%1.%2").arg(formatPosition(qint64(ms))).arg(int(ms) % 1000 / 100);
}

}  // namespace

ScorePlot::ScorePlot(QWidget* parent) : QWidget(parent), empty_(QStringLiteral("No pair of pictures yet")) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(QStringLiteral("Likeness of the pictures"));
}

void ScorePlot::setScores(const QVector<ScorePoint>& scores) {
    const double chosenAt = chosen_ >= 0 ? scores_[chosen_].atMs : 0;
    scores_ = scores;
    worst_ = 1;
    for (const ScorePoint& point : scores_) worst_ = std::min(worst_, point.ssim);
    // Scores come and the oldest go: what was chosen is a moment, not a number.
    if (chosen_ >= 0) chosen_ = scores_.isEmpty() ? -1 : std::min(firstFrom(chosenAt), scores_.size() - 1);
    update();
    spokenChanged(this);
}

void ScorePlot::setFindings(const QVector<Shade>& findings) {
    findings_ = findings;
    update();
}

void ScorePlot::setBounds(double ssim, double psnrDb) {
    ssimBound_ = ssim;
    psnrBound_ = psnrDb;
    update();
}

void ScorePlot::setRange(const TimeRange& range) {
    if (range_ == range) return;
    range_ = range;
    update();
}

void ScorePlot::setPosition(double ms) {
    const bool moved = std::lround(xOf(ms)) != std::lround(xOf(positionMs_));
    positionMs_ = ms;
    if (moved) update();
}

void ScorePlot::setEmptyText(const QString& text) {
    empty_ = text;
    update();
}

double ScorePlot::lowest() const {
    const double reach = qIsNaN(ssimBound_) ? worst_ : std::min(worst_, ssimBound_);
    return std::clamp(std::floor((reach - 0.02) * 20) / 20, -1.0, 0.95);
}

QRectF ScorePlot::plot() const {
    return QRectF(rect()).adjusted(kScoreLeft, kScoreTop, -kScoreRight, -kScoreBottom);
}

TimeRange ScorePlot::shown() const {
    if (range_.span() > 0) return range_;
    if (scores_.size() < 2) return {0, 1};
    return {scores_.first().atMs, std::max(scores_.first().atMs + 1, scores_.last().atMs)};
}

double ScorePlot::xOf(double ms) const {
    const TimeRange range = shown();
    return plot().left() + plot().width() * (ms - range.fromMs) / range.span();
}

double ScorePlot::ySsim(double value) const {
    const QRectF area = plot();
    const double low = lowest();
    return area.bottom() - area.height() * (std::clamp(value, low, 1.0) - low) / (1 - low);
}

double ScorePlot::yPsnr(double db) const {
    const QRectF area = plot();
    return area.bottom() -
           area.height() * (std::clamp(db, kWorstDb, kBestDb) - kWorstDb) / (kBestDb - kWorstDb);
}

qsizetype ScorePlot::firstFrom(double ms) const {
    return std::lower_bound(scores_.begin(), scores_.end(), ms,
                            [](const ScorePoint& point, double at) { return point.atMs < at; }) -
           scores_.begin();
}

qsizetype ScorePlot::nearest(double x) const {
    const QRectF area = plot();
    if (scores_.isEmpty() || x < area.left() || x > area.right()) return -1;
    const TimeRange range = shown();
    const double at = range.fromMs + (x - area.left()) / area.width() * range.span();
    qsizetype index = firstFrom(at);
    if (index == scores_.size() || (index > 0 && at - scores_[index - 1].atMs < scores_[index].atMs - at))
        --index;
    return std::abs(xOf(scores_[index].atMs) - x) > kReachPx ? -1 : index;
}

qsizetype ScorePlot::worstOfColumn(qsizetype index) const {
    const int column = int(xOf(scores_[index].atMs));
    qsizetype first = index, worst = index;
    while (first > 0 && int(xOf(scores_[first - 1].atMs)) == column) --first;
    for (qsizetype i = first; i < scores_.size() && int(xOf(scores_[i].atMs)) == column; ++i)
        if (scores_[i].ssim < scores_[worst].ssim) worst = i;
    return worst;
}

qsizetype ScorePlot::pointed() const {
    if (hoverX_ < 0) return chosen_;
    const qsizetype near = nearest(hoverX_);
    return near < 0 ? -1 : worstOfColumn(near);
}

QString ScorePlot::readout() const {
    const qsizetype index = pointed();
    if (index < 0) return {};
    const ScorePoint& point = scores_[index];
    QString text = QStringLiteral("%1  SSIM %2").arg(scorePosition(point.atMs)).arg(point.ssim, 0, 'f', 4);
    text += point.psnrDb >= 100 ? QStringLiteral("  identical")
                                : QStringLiteral("  PSNR %1 dB").arg(point.psnrDb, 0, 'f', 1);
    text += QStringLiteral("  segment %1").arg(point.segment);
    for (const Shade& finding : findings_)
        if (finding.range.contains(point.atMs)) text += QStringLiteral("  ") + finding.label;
    return text;
}

QString ScorePlot::spokenText() const {
    if (scores_.isEmpty()) return empty_;
    if (const QString text = readout(); !text.isEmpty()) return text;
    QString text = QStringLiteral("%1 pairs, SSIM at worst %2").arg(scores_.size()).arg(worst_, 0, 'f', 4);
    if (!qIsNaN(ssimBound_) && !qIsNaN(psnrBound_))
        text += QStringLiteral(", different below SSIM %1 or PSNR %2 dB")
                    .arg(ssimBound_, 0, 'f', 2)
                    .arg(psnrBound_, 0, 'f', 0);
    for (const Shade& finding : findings_)
        text += QStringLiteral(", %1 at %2").arg(finding.label, scorePosition(finding.range.fromMs));
    return text;
}

qsizetype ScorePlot::columnBeside(int direction) const {
    const int column = int(xOf(scores_[chosen_].atMs));
    qsizetype index = chosen_;
    while (index + direction >= 0 && index + direction < scores_.size()) {
        index += direction;
        if (int(xOf(scores_[index].atMs)) != column) return worstOfColumn(index);
    }
    return chosen_;
}

qsizetype ScorePlot::findingBeside(int direction) const {
    const double at = scores_[chosen_].atMs;
    const Shade* to = nullptr;
    for (const Shade& finding : findings_) {
        if (direction > 0 && finding.range.fromMs > at && !to) to = &finding;
        if (direction < 0 && finding.range.fromMs < at && !finding.range.contains(at)) to = &finding;
    }
    return to ? std::min(firstFrom(to->range.fromMs), scores_.size() - 1) : chosen_;
}

void ScorePlot::choose(qsizetype index) {
    hoverX_ = -1;
    chosen_ = index;
    update();
    spokenChanged(this);
}

void ScorePlot::keyPressEvent(QKeyEvent* event) {
    if (scores_.isEmpty()) return QWidget::keyPressEvent(event);
    const qsizetype last = scores_.size() - 1;
    const bool single = event->modifiers() & Qt::ShiftModifier;
    const int key = event->key();
    if (key == Qt::Key_Escape && chosen_ >= 0) return choose(-1);
    const bool moves = key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_PageUp ||
                       key == Qt::Key_PageDown || key == Qt::Key_Home || key == Qt::Key_End;
    // The first key begins where the title is.
    if (moves && chosen_ < 0) chosen_ = std::min(firstFrom(positionMs_), last);
    switch (key) {
        case Qt::Key_Left:
            return choose(single ? std::max<qsizetype>(0, chosen_ - 1) : columnBeside(-1));
        case Qt::Key_Right:
            return choose(single ? std::min(last, chosen_ + 1) : columnBeside(1));
        case Qt::Key_PageUp:
            return choose(findingBeside(-1));
        case Qt::Key_PageDown:
            return choose(findingBeside(1));
        case Qt::Key_Home:
            return choose(0);
        case Qt::Key_End:
            return choose(last);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (chosen_ >= 0) emit positionChosen(scores_[chosen_].atMs);
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

void ScorePlot::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    chosen_ = -1;
    update();
}

void ScorePlot::mouseMoveEvent(QMouseEvent* event) {
    hoverX_ = event->position().x();
    update();
}

void ScorePlot::mouseReleaseEvent(QMouseEvent* event) {
    const QRectF area = plot();
    if (event->button() != Qt::LeftButton || scores_.isEmpty() || !area.contains(event->position())) return;
    const TimeRange range = shown();
    emit positionChosen(range.fromMs + (event->position().x() - area.left()) / area.width() * range.span());
}

void ScorePlot::leaveEvent(QEvent*) {
    hoverX_ = -1;
    update();
}

}  // namespace qd::widgets
