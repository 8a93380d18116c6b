#pragma once
#include <QVector>
#include <QWidget>

#include "widgets/charts/series.hpp"
#include "widgets/theme/spoken.hpp"

namespace qd::widgets {

// What one pair of pictures scored.
struct ScorePoint {
    double atMs = 0;
    double ssim = 1;      // -1..1
    double psnrDb = 100;  // 100 and above: identical
    quint64 segment = 0;  // its number on the side that leads

    bool operator==(const ScorePoint&) const = default;
};

// How alike two pictures are, over the position in a title: SSIM on the left axis, PSNR (dashed) on the
// right, of each the bound below which pictures count as different, and what was found, each with its kind in
// words. Each pixel column shows its worst value, so that a single bad frame of an hour is seen. All times in
// ms from the title's start. GUI thread only.
//
// Keys: Left/Right from column to column (with Shift from pair to pair), Page Up/Down from finding to
// finding, Home/End, Return goes to the chosen position, Escape lets it go.
class ScorePlot : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit ScorePlot(QWidget* parent = nullptr);

    // Ascending in time, one for each pair.
    void setScores(const QVector<ScorePoint>& scores);
    const QVector<ScorePoint>& scores() const { return scores_; }
    // "canary black"; ascending.
    void setFindings(const QVector<Shade>& findings);
    const QVector<Shade>& findings() const { return findings_; }
    // NaN: none.
    void setBounds(double ssim, double psnrDb);
    void setRange(const TimeRange& range);  // of the title; empty: that of the scores
    void setPosition(double ms);
    void setEmptyText(const QString& text);

    // The lower end of the left axis: a step below the worst value, so that small differences are seen.
    double lowest() const;
    // What stands beside the pointer, or beside the pair that the keys have come to; empty: neither.
    QString readout() const;

    QSize sizeHint() const override { return {480, 168}; }
    QSize minimumSizeHint() const override { return {240, 120}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

signals:
    void positionChosen(double ms);  // click, or Return

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QRectF plot() const;
    TimeRange shown() const;
    double xOf(double ms) const;
    double ySsim(double value) const;
    double yPsnr(double db) const;
    // -1: nothing near enough.
    qsizetype nearest(double x) const;
    qsizetype pointed() const;
    qsizetype firstFrom(double ms) const;
    qsizetype worstOfColumn(qsizetype index) const;
    qsizetype columnBeside(int direction) const;
    qsizetype findingBeside(int direction) const;
    void choose(qsizetype index);

    void paintAxes(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;
    void paintFindings(QPainter& painter) const;
    void paintBounds(QPainter& painter) const;
    void paintLine(QPainter& painter, double ScorePoint::*value, double (ScorePlot::*yOf)(double) const,
                   const QPen& pen) const;
    void paintReadout(QPainter& painter) const;

    QVector<ScorePoint> scores_;
    QVector<Shade> findings_;
    TimeRange range_;
    double ssimBound_ = qQNaN(), psnrBound_ = qQNaN();
    double positionMs_ = -1;
    double hoverX_ = -1;
    qsizetype chosen_ = -1;  // by the keys
    double worst_ = 1;
    QString empty_;
};

}  // namespace qd::widgets
