#pragma once
// A chart that a person wants as a file: asks for its name, writes it, and tells how that went.

#include <QString>
#include <functional>
#include <optional>

class QWidget;

namespace qd::widgets {
class TimeSeriesChart;
enum class ChartFormat;
}  // namespace qd::widgets

namespace qd::app {

using ChartSaved = std::function<void(const QString& what, const QString& why, bool bad)>;

/// `site` is named in pictures beside the chart's own source. Without a format the picture goes to the
/// clipboard. The chart may be gone before the name is given: what is saved is what it showed.
void saveChart(widgets::TimeSeriesChart& chart, std::optional<widgets::ChartFormat> format,
               const QString& site, QWidget* parent, ChartSaved done);

}  // namespace qd::app
