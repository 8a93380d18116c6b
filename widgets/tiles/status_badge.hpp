#pragma once
#include <QWidget>

#include "widgets/theme/spoken.hpp"
#include "widgets/theme/tokens.hpp"

class QPainter;

namespace qd::widgets {

// Shape + word + colour. An empty text falls back to the state's usual word, so a badge is never colour
// alone.
class StatusBadge : public QWidget, public Spoken {
    Q_OBJECT
public:
    explicit StatusBadge(QWidget* parent = nullptr);
    StatusBadge(State state, const QString& text, QWidget* parent = nullptr);

    void setStatus(State state, const QString& text = {});
    State state() const { return state_; }
    QString text() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    QAccessible::Role spokenRole() const override { return QAccessible::StaticText; }
    QString spokenText() const override { return text(); }

    // The same badge inside a cell; returns the width it took.
    static qreal paint(QPainter& painter, const QRectF& box, State state, const QString& text,
                       Qt::Alignment alignment = Qt::AlignLeft);
    static QSize sizeFor(State state, const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    State state_ = State::NoData;
    QString text_;
};

}  // namespace qd::widgets
