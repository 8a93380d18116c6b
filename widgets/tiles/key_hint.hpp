#pragma once
#include <QKeySequence>
#include <QWidget>

class QPainter;

namespace qd::widgets {

// A shortcut as key caps: [Ctrl] [K].
class KeyHint : public QWidget {
    Q_OBJECT
public:
    explicit KeyHint(const QKeySequence& keys, QWidget* parent = nullptr);
    // For hints that are no sequence, such as "/" or "Space".
    explicit KeyHint(const QString& keys, QWidget* parent = nullptr);

    void setKeys(const QString& keys);
    QString keys() const { return keys_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

    // Key caps are separated by "+" and ", " as QKeySequence writes them.
    static qreal widthOf(const QString& keys);
    static void paint(QPainter& painter, const QRectF& box, const QString& keys);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString keys_;
};

}  // namespace qd::widgets
