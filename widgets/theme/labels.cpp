#include "widgets/theme/labels.hpp"

#include <QEvent>
#include <QPainter>

#include "widgets/theme/theme.hpp"

namespace qd::widgets {
namespace {

class ElidedLabel : public QLabel {
public:
    explicit ElidedLabel(QWidget* parent) : QLabel(parent) {
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }

protected:
    bool event(QEvent* event) override {
        if (event->type() == QEvent::ToolTip)
            setToolTip(fontMetrics().horizontalAdvance(text()) > width() ? text() : QString());
        return QLabel::event(event);
    }
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(palette().color(foregroundRole()));
        painter.drawText(rect(), int(alignment()) | Qt::TextSingleLine,
                         fontMetrics().elidedText(text(), Qt::ElideRight, width()));
    }
};

}  // namespace

QLabel* makeLabel(const QString& text, Type type, Weight weight, bool muted, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setFont(textFont(type, weight));
    // The placeholder's role is the palette's muted text (see Theme::palette()).
    if (muted) label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel* makeMutedLabel(const QString& text, Type type, QWidget* parent) {
    return makeLabel(text, type, Weight::Regular, true, parent);
}

QLabel* makeElidedLabel(Type type, QWidget* parent) {
    auto* label = new ElidedLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setFont(textFont(type));
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

}  // namespace qd::widgets
