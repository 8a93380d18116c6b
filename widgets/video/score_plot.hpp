#pragma once
#include <QPointF>
#include <QVector>
#include <QWidget>
#include <optional>

#include "widgets/charts/series.hpp"
#include "widgets/theme/spoken.hpp"

namespace qd::widgets {

// How alike two pictures are, over the position in a title: SSIM on the left axis, PSNR (dashed) on the
// right, the line below which they count as different, and stretches where a side stands still or is black.
// Each pixel column shows its worst value, so that a single bad frame of an hour is seen. All times in ms
// from the title's start. GUI thread only.
class ScorePlot : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit ScorePlot(QWidget* parent = nullptr);

    // Ascending in time, one for each pair.
    void setScores(const QVector<QPointF>& ssim, const QVector<QPointF>& psnrDb);
    void setShades(const QVector<Shade>& shades);
    void setThreshold(double ssim);
    void setRange(const TimeRange& range);  // of the title; empty: that of the scores
    void setPosition(double ms);
    void setEmptyText(const QString& text);

    // The lower end of the left axis: a step below the worst value, so that small differences are seen.
    double lowest() const;
    // What stands beside the pointer; empty: nothing under it.
    QString readout() const;

    QSize sizeHint() const override { return {480, 140}; }
    QSize minimumSizeHint() const override { return {240, 96}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

signals:
    void positionChosen(double ms);  // click

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QRectF plot() const;
    TimeRange shown() const;
    double xOf(double ms) const;

    QVector<QPointF> ssim_, psnr_;
    QVector<Shade> shades_;
    TimeRange range_;
    double threshold_ = qQNaN();
    double positionMs_ = -1;
    double hoverX_ = -1;
    double worst_ = 1;
    QString empty_;
};

}  // namespace qd::widgets
