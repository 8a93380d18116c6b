#pragma once
#include <QWidget>

#include "widgets/theme/spoken.hpp"

namespace qd::widgets {

// Traffic between stable and canary: what was asked for above, what the gateway really did below. Shares are
// 0..1.
struct Split {
    double requestedCanary = 0;
    double observedCanary = qQNaN();  // NaN: no requests seen
    QString observedOver;             // "last 10 s, 1,240 requests"
    QString stableVersion;
    QString canaryVersion;
};

class SplitBar : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit SplitBar(QWidget* parent = nullptr);
    void setSplit(const Split& split);
    const Split& split() const { return split_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::Graphic; }
    QString spokenText() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Split split_;
};

}  // namespace qd::widgets
