#pragma once
#include <QVector>
#include <QWidget>

#include "widgets/theme/spoken.hpp"

namespace qd::widgets {

// Who has which turn over the coming days: a line for each place to be filled, a column for each day. The
// same person has the same tint everywhere; names stand in the bars, and hatching is time without anybody.
struct ShiftBar {
    QString person;
    qint64 fromMs = 0;  // since the epoch
    qint64 toMs = 0;

    bool operator==(const ShiftBar&) const = default;
};

struct ShiftLane {
    QString name;
    QVector<ShiftBar> bars;

    bool operator==(const ShiftLane&) const = default;
};

class ShiftStrip : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit ShiftStrip(QWidget* parent = nullptr);
    void setShifts(const QVector<ShiftLane>& lanes, qint64 fromMs, qint64 toMs);
    const QVector<ShiftLane>& lanes() const { return lanes_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Graphic; }
    QString spokenText() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plot() const;
    qreal xOf(qint64 ms) const;
    const ShiftBar* barAt(const QPointF& at) const;

    QVector<ShiftLane> lanes_;
    qint64 fromMs_ = 0;
    qint64 toMs_ = 1;
};

}  // namespace qd::widgets
