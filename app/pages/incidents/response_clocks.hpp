#pragma once
// The 5-minute and the 15-minute clock, live, and the steps of a first response as checks.

#include <QWidget>

#include "incidents/clocks.hpp"
#include "widgets/theme/spoken.hpp"

namespace qd::app {

class ResponseClocks : public QWidget, public widgets::Spoken {
    Q_OBJECT

public:
    explicit ResponseClocks(QWidget* parent = nullptr);
    void setClocks(const incidents::Clocks& clocks);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {320, sizeHint().height()}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Clock; }
    QString spokenText() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintClock(QPainter& painter, const QRect& box, const incidents::Countdown& clock) const;

    incidents::Clocks clocks_;
};

}  // namespace qd::app
