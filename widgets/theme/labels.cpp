#include "widgets/theme/labels.hpp"

#include "widgets/theme/theme.hpp"

namespace qd::widgets {

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

}  // namespace qd::widgets
