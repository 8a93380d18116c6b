#pragma once
#include <QVector>
#include <QWidget>
#include <optional>

#include "widgets/theme/format.hpp"
#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

struct SpreadOfValues {
    double least = 0, quarter = 0, median = 0, threeQuarters = 0, p90 = 0, most = 0;
    bool operator==(const SpreadOfValues&) const = default;
};

// How values are spread, on one line from 0 to the greatest: a dot for each, a box around the middle half, a
// bar at the median, a tick at the 90th percentile. GUI thread only.
class DistributionStrip : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit DistributionStrip(QWidget* parent = nullptr);

    // Nothing: hatched, with `emptyText`. `dots` may be fewer than the spread was made from.
    void setValues(const std::optional<SpreadOfValues>& spread, const QVector<double>& dots);
    void setFormatter(Formatter formatter);
    void setEmptyText(const QString& text);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<SpreadOfValues> spread_;
    QVector<double> dots_;
    Formatter formatter_ = formatSeconds;
    QString empty_;
};

}  // namespace qd::widgets
