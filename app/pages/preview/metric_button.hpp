#pragma once
// A number of the quality of experience with its name: pressed, it shows what it comes from.

#include <QAbstractButton>

namespace qd::app {

class MetricButton : public QAbstractButton {
    Q_OBJECT

public:
    MetricButton(const QString& name, QWidget* parent);

    void setValue(const QString& value, bool known);
    const QString& value() const { return value_; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString value_;
    bool known_ = false;
};

}  // namespace qd::app
