#pragma once
#include <QElapsedTimer>
#include <QImage>
#include <QPointer>
#include <QVector>
#include <QWidget>
#include <optional>

#include "widgets/charts/series.hpp"
#include "widgets/theme/spoken.hpp"

namespace qd::widgets {

class ScrubHint;

// A stretch of a title that was not played: a gap in the playlist, or a segment that could not be had.
struct ScrubMark {
    TimeRange range;
    QString what;  // "Skipped: 404 Not Found"

    bool operator==(const ScrubMark&) const = default;
};

// "0:12.40 · frame 372"; without a frame rate the time alone.
QString formatScrubPosition(qint64 ms, double framesPerSecond);

// Position in a title: played, buffered, the rest; with stalls (triangles), what was skipped (hatched) and
// the loop (brackets). Over it the time, the frame and a thumbnail of what is under the pointer. All times in
// ms on the title's axis, which need not begin at zero.
//
// Keys: Left/Right 5 s, with Shift 1 s, Page Up/Down 30 s, Home/End.
class ScrubBar : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit ScrubBar(QWidget* parent = nullptr);
    ~ScrubBar() override;

    // An empty range: not known, nothing can be sought.
    void setRange(qint64 fromMs, qint64 toMs);
    void setDuration(qint64 ms) { setRange(0, ms); }
    void setPosition(qint64 ms);
    void setBuffered(const QVector<TimeRange>& ranges);
    void setStalls(const QVector<qint64>& positions);
    void setMarks(const QVector<ScrubMark>& marks);
    void setLoop(const std::optional<TimeRange>& loop);
    void setFrameRate(double framesPerSecond);  // 0: not known
    // The picture of a place that previewWanted() asked for. What has been left meanwhile is ignored.
    void setThumbnail(qint64 ms, const QImage& image);
    // Why there is no thumbnail; empty: one may come.
    void setThumbnailProblem(const QString& why);

    qint64 start() const { return startMs_; }
    qint64 duration() const { return endMs_ - startMs_; }
    qint64 end() const { return endMs_; }
    qint64 position() const { return positionMs_; }
    // What stands in the hint while the pointer is over the bar; empty: none.
    QString hintText() const;

    QSize sizeHint() const override { return {320, 24}; }
    QSize minimumSizeHint() const override { return {120, 24}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Slider; }
    QString spokenText() const override;

signals:
    // On release, or while dragging at most every 100 ms (then `dragging`: a keyframe is near enough).
    void seekRequested(qint64 positionMs, bool dragging);
    // The pointer rests there; -1: it has left.
    void previewWanted(qint64 positionMs);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF track() const;
    qint64 at(double x) const;
    double xOf(double ms) const;
    void showHint();
    void hideHint();

    qint64 startMs_ = 0;
    qint64 endMs_ = 0;
    qint64 positionMs_ = 0;
    qint64 hoverMs_ = -1;
    qint64 dragMs_ = -1;
    double framesPerSecond_ = 0;
    QVector<TimeRange> buffered_;
    QVector<qint64> stalls_;
    QVector<ScrubMark> marks_;
    std::optional<TimeRange> loop_;
    QImage thumbnail_;
    qint64 thumbnailMs_ = -1;
    QString thumbnailProblem_;
    QPointer<ScrubHint> hint_;
    QElapsedTimer sinceSeek_;
};

}  // namespace qd::widgets
