#pragma once
#include <QElapsedTimer>
#include <QVector>
#include <QWidget>

#include "widgets/charts/series.hpp"
#include "widgets/theme/spoken.hpp"

namespace qd::widgets {

// Position in a title: played, buffered, the rest; with stalls marked. All times in ms from the title's
// start.
class ScrubBar : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit ScrubBar(QWidget* parent = nullptr);

    // 0: not known, nothing can be sought.
    void setDuration(qint64 ms);
    void setPosition(qint64 ms);
    void setBuffered(const QVector<TimeRange>& ranges);
    void setStalls(const QVector<qint64>& positions);
    qint64 duration() const { return durationMs_; }
    qint64 position() const { return positionMs_; }

    QSize sizeHint() const override { return {320, 24}; }
    QSize minimumSizeHint() const override { return {120, 24}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Slider; }
    QString spokenText() const override;

signals:
    // On release, or while dragging at most every 100 ms.
    void seekRequested(qint64 positionMs);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF track() const;
    qint64 at(double x) const;

    qint64 durationMs_ = 0;
    qint64 positionMs_ = 0;
    qint64 hoverMs_ = -1;
    qint64 dragMs_ = -1;
    QVector<TimeRange> buffered_;
    QVector<qint64> stalls_;
    QElapsedTimer sinceSeek_;
};

}  // namespace qd::widgets
