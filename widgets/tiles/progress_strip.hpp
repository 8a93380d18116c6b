#pragma once
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

// A thin bar with a line of text. Progress that is not known is a quiet hatch, not an animation.
class ProgressStrip : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit ProgressStrip(QWidget* parent = nullptr);

    // 0..1; NaN: under way without a known end.
    void setProgress(double progress);
    double progress() const { return progress_; }
    void setText(const QString& text);
    void setState(State state);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    QAccessible::Role spokenRole() const override { return QAccessible::ProgressBar; }
    QString spokenText() const override;

    static void paintBar(QPainter& painter, const QRectF& bar, double progress, Token tint);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double progress_ = 0;
    QString text_;
    State state_ = State::Info;
};

}  // namespace qd::widgets
