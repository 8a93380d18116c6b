#pragma once
#include <QPixmap>
#include <QWidget>
#include <memory>
#include <optional>

#include "widgets/charts/heat.hpp"
#include "widgets/charts/series.hpp"
#include "widgets/theme/spoken.hpp"
#include "widgets/theme/ticker.hpp"

namespace qd::widgets {

struct ChartContents;
enum class ChartFormat;

// Curves over time on Qt Charts. Points are decimated to the pixel columns before Qt Charts sees them, and
// the chart is rendered into a pixmap only when something in it changed: hovering blits. Time without data is
// hatched, never drawn as zero. Axis labels are local time.
//
// Mouse: move = crosshair with read-out, drag = pan, double click = reset, wheel = zoom around the pointer.
// The wheel needs Ctrl or the focus (a click), so that a page of charts still scrolls. Keys: Left/Right =
// crosshair, +/- = zoom, Home/End = ends of the range, Escape = no crosshair, 0 = reset. Right click, Menu
// key or Ctrl+E = save as PNG, SVG or CSV (see ChartExportEvent), Ctrl+C = copy the picture. GUI thread only.
class TimeSeriesChart : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit TimeSeriesChart(QWidget* parent = nullptr);
    explicit TimeSeriesChart(const QString& title, QWidget* parent = nullptr);
    ~TimeSeriesChart() override;

    void setTitle(const QString& title);
    void setUnit(Unit unit);
    void setFormatter(Formatter formatter);
    // For exported files: the unit in words, and where the numbers are from, a line each.
    void setUnitText(const QString& unit);
    void setSource(const QString& source);
    const QString& source() const;

    void setSeries(const QVector<Series>& series);
    const QVector<Series>& series() const;
    // Replaces one series' points; an unknown id is ignored.
    void setPoints(const QString& id, const QVector<QPointF>& points);
    // Adds at the right end and drops points older than the longest range ever shown (at most 100,000 are
    // kept).
    void appendPoint(const QString& id, double atMs, double value);
    void setThresholds(const QVector<Threshold>& thresholds);
    void setMarks(const QVector<Mark>& marks);
    void setShades(const QVector<Shade>& shades);
    // Off: marks are lines only; of charts that stand below each other one shows the icons.
    void setMarkIconsVisible(bool visible);
    // Shows a heat map in place of curves: one row for each bucket. An empty one takes it away.
    void setHeat(const Heat& heat);
    // A line above the bucket that ends with `bound`.
    void setHeatThreshold(double bound, const QString& label);
    // Neighbouring points further apart than this are not joined, and the time between is hatched. Default 5
    // s; 0: off.
    void setGapAfter(double ms);

    // Fixed y range, or fitted to the visible points (the default). Fitting keeps at least `minSpan` between
    // bottom and top, and includes the thresholds where `withThresholds`.
    void setYRange(double low, double high);
    void setYFitted(std::optional<double> floor = 0.0, std::optional<double> ceiling = std::nullopt,
                    double minSpan = 0, bool withThresholds = true);

    // Follows now with a window of so many ms. The edge moves once a second while the chart is visible.
    void setLive(double windowMs);
    void setFixedRange(double fromMs, double toMs);
    bool isLive() const;
    bool isZoomed() const;
    TimeRange visibleRange() const;
    // For the user's zoom and the group: shows `range` until resetZoom().
    void zoomTo(const TimeRange& range);
    void resetZoom();

    // NaN: none.
    void setCrosshair(double atMs);
    double crosshair() const;

    void setLegendVisible(bool visible);
    void setTimeAxisVisible(bool visible);
    // Fixed width for the value labels so that the plots of stacked charts stand exactly below each other; 0:
    // fitted.
    void setAxisWidth(int pixels);
    int fittedAxisWidth() const;
    // Shown while no series has a point in the range.
    void setEmptyText(const QString& text);
    void setClock(NowMs now);

    // What an exported file holds.
    ChartContents contents() const;
    // Paints title, legend and plot in the widget's size, as lines rather than pixels; see chart_export.hpp.
    void paintInto(QPainter& painter);
    // Asks the widgets around for the chart as a file; without a format on the clipboard.
    void requestExport(std::optional<ChartFormat> format);

    QRectF plotArea() const;
    // How many times the cached picture was rendered, and what the last one cost; for tests and benchmarks.
    int renderCount() const;
    double lastRenderMs() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

signals:
    void crosshairMoved(double atMs);                       // by the user; NaN: left
    void rangeZoomed(const qd::widgets::TimeRange& range);  // by the user
    void zoomReset();
    void markActivated(const QString& id);
    void axisWidthFitted(int pixels);  // the labels became wider; for ChartGroup

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void showMenu(const QPoint& at);

    struct Impl;
    std::unique_ptr<Impl> d_;
};

}  // namespace qd::widgets
