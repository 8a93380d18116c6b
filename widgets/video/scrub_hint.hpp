#pragma once
#include <QImage>
#include <QString>
#include <QWidget>

namespace qd::widgets {

// What floats over the scrub bar: a picture of the place under the pointer, its time, and what happened
// there. It takes no focus and no clicks.
class ScrubHint : public QWidget {
public:
    explicit ScrubHint(QWidget* parent);

    void setContent(const QImage& picture, const QString& text);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage picture_;
    QString text_;
};

}  // namespace qd::widgets
