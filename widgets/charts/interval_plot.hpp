#pragma once
#include <QWidget>

#include "widgets/theme/format.hpp"
#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

// A difference with the interval it lies in. NaN is not known; without all of the first three nothing is
// drawn.
struct IntervalReading {
    double estimate = qQNaN(), low = qQNaN(), high = qQNaN();
    double limit = qQNaN();  // up to this much is borne
    State state = State::NoData;
    QString word;  // of the state: "Canary is worse"

    bool isKnown() const;
};
bool operator==(const IntervalReading& left, const IntervalReading& right);

// One difference on one line: the interval as a bar with end caps, the estimate as the state's shape upon it,
// a line at zero, a dashed one at what is borne, and hatched what is beyond. GUI thread only.
class IntervalPlot : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit IntervalPlot(QWidget* parent = nullptr);

    void setReading(const IntervalReading& reading);
    const IntervalReading& reading() const { return reading_; }
    // Of differences, with their sign: "+0.50 points".
    void setFormatter(Formatter formatter);
    // Stands there while nothing is known; hatched, and never at zero.
    void setEmptyText(const QString& text);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Chart; }
    QString spokenText() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintLabels(QPainter& painter, qreal zeroX, qreal limitX) const;

    IntervalReading reading_;
    Formatter formatter_;
    QString empty_;
};

}  // namespace qd::widgets
