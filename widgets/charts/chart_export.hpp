#pragma once
// What a chart shows, as a file: a picture that says what it is of, or its numbers. Nothing here asks a
// person or writes to the disk.
#include <QByteArray>
#include <QEvent>
#include <QImage>

#include "widgets/charts/series.hpp"

namespace qd::widgets {

class TimeSeriesChart;

enum class ChartFormat { Png, Svg, Csv };

// "png", "svg", "csv"
QString suffixOf(ChartFormat format);

struct ChartContents {
    QString title;
    QString unit;    // in words: "per second"; empty: a count, or a unit that the labels tell
    QString source;  // where the numbers are from
    TimeRange range;
    QVector<Series> series;
};

// RFC 4180: `time` (RFC 3339, UTC) and a column for each series, headed by its name and the unit; a row for
// each time in the range that any series has a point at. Where one has none, its field is empty.
QByteArray chartCsv(const ChartContents& contents);

// The chart as it stands, without crosshair, on its background, with title, legend, unit, range and source.
// `scale`: pixels for each of the widget's.
QImage chartImage(TimeSeriesChart& chart, const QString& source, qreal scale = 2);
QByteArray chartSvg(TimeSeriesChart& chart, const QString& source);

// "Error ratio by arm" at 02:50 UTC -> "error-ratio-by-arm-2026-11-24T0250Z", for a file.
QString chartFileName(const ChartContents& contents);

// A person wants this chart as a file, or (without a format) on the clipboard. Sent to the chart's parent
// widgets from the inside out until one accepts it: that one asks for the file's name.
class ChartExportEvent : public QEvent {
public:
    static Type eventType();
    ChartExportEvent(TimeSeriesChart& chart, std::optional<ChartFormat> format)
        : QEvent(eventType()), chart_(chart), format_(format) {
        ignore();
    }
    TimeSeriesChart& chart() const { return chart_; }
    std::optional<ChartFormat> format() const { return format_; }

private:
    TimeSeriesChart& chart_;
    std::optional<ChartFormat> format_;
};

}  // namespace qd::widgets
