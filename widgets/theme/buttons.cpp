#include "widgets/theme/buttons.hpp"

#include <QVariant>

namespace qd::widgets {
namespace {
constexpr char kindProperty[] = "qdKind";
constexpr char tipProperty[] = "qdTip";

Token tintOf(ButtonKind kind) {
    switch (kind) {
        case ButtonKind::Primary:
            return Token::OnAccent;
        case ButtonKind::Danger:
            return Token::Bad;
        case ButtonKind::Link:
            return Token::Accent;
        case ButtonKind::Plain:
        case ButtonKind::Quiet:
            break;
    }
    return Token::TextMuted;
}
}  // namespace

void setButtonKind(QAbstractButton* button, ButtonKind kind) {
    button->setProperty(kindProperty, static_cast<int>(kind));
    button->updateGeometry();
    button->update();
}

ButtonKind buttonKind(const QWidget* button) {
    if (!button) return ButtonKind::Plain;
    return static_cast<ButtonKind>(button->property(kindProperty).toInt());
}

QPushButton* makeButton(const QString& text, ButtonKind kind, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAutoDefault(false);
    setButtonKind(button, kind);
    return button;
}

QPushButton* makeButton(const QString& text, Icon which, ButtonKind kind, QWidget* parent) {
    QPushButton* button = makeButton(text, kind, parent);
    button->setIcon(makeIcon(which, tintOf(kind)));
    return button;
}

QToolButton* makeIconButton(Icon which, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(makeIcon(which));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setAutoRaise(true);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

void setDisabledReason(QWidget* button, const QString& reason) {
    const bool told = button->property(tipProperty).isValid();
    if (!reason.isEmpty()) {
        if (!told) button->setProperty(tipProperty, button->toolTip());
        button->setToolTip(reason);
        button->setAccessibleDescription(reason);
        button->setEnabled(false);
        return;
    }
    if (told) {
        button->setToolTip(button->property(tipProperty).toString());
        button->setAccessibleDescription({});
        button->setProperty(tipProperty, {});
    }
    button->setEnabled(true);
}

}  // namespace qd::widgets
