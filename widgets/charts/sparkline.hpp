#pragma once
#include <QVector>
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

// A trend without axes: values at equal distances, oldest first, NaN is a gap. The last value carries a dot.
class Sparkline : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit Sparkline(QWidget* parent = nullptr);
    void setValues(const QVector<double>& values);
    const QVector<double>& values() const { return values_; }
    void setTint(Token tint);
    // Without this the line is fitted to its own lowest and highest value.
    void setRange(double low, double high);

    QSize sizeHint() const override { return {120, 28}; }
    QSize minimumSizeHint() const override { return {40, 16}; }
    QAccessible::Role spokenRole() const override { return QAccessible::Graphic; }
    QString spokenText() const override;

    static void paint(QPainter& painter, const QRectF& box, const QVector<double>& values, Token tint,
                      double low = qQNaN(), double high = qQNaN());

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVector<double> values_;
    Token tint_ = Token::Accent;
    double low_ = qQNaN();
    double high_ = qQNaN();
};

}  // namespace qd::widgets
