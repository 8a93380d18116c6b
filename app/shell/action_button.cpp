#include "app/shell/action_button.hpp"

#include <QPainter>
#include <QStyleOptionButton>
#include <QStylePainter>

#include "widgets/theme/theme.hpp"

namespace qd::app {

using namespace widgets;

ActionButton::ActionButton(ActionRegistry& actions, const QString& id, ButtonKind kind, QWidget* parent,
                           const QString& text)
    : QPushButton(parent), actions_(actions), id_(id) {
    QAction* action = actions_.action(id);
    Q_ASSERT(action);
    setObjectName(QStringLiteral("button.") + id);
    setButtonKind(this, kind);
    setText(text.isEmpty() ? action->text() : text);
    keys_ = action->shortcut().toString(QKeySequence::NativeText);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleDescription(keys_.isEmpty() ? QString() : QStringLiteral("Shortcut %1").arg(keys_));
    connect(this, &QPushButton::clicked, action, &QAction::trigger);
    connect(action, &QAction::changed, this, &ActionButton::follow);
    follow();
}

void ActionButton::follow() {
    const Command* command = actions_.find(id_);
    const QString why = command->blocked ? command->blocked() : QString();
    setDisabledReason(this, why);
    if (why.isEmpty())
        setToolTip(keys_.isEmpty() ? command->title : QStringLiteral("%1  (%2)").arg(command->title, keys_));
}

QSize ActionButton::sizeHint() const {
    QSize size = QPushButton::sizeHint();
    if (!keys_.isEmpty())
        size.rwidth() += QFontMetrics(textFont(Type::Micro)).horizontalAdvance(keys_) + space::sm;
    return size;
}

void ActionButton::paintEvent(QPaintEvent*) {
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    const int keyWidth =
        keys_.isEmpty() ? 0 : QFontMetrics(textFont(Type::Micro)).horizontalAdvance(keys_) + space::sm;
    painter.drawControl(QStyle::CE_PushButtonBevel, option);
    QStyleOptionButton label = option;
    label.rect.setRight(option.rect.right() - keyWidth);
    painter.drawControl(QStyle::CE_PushButtonLabel, label);
    if (keys_.isEmpty()) return;
    QColor ink =
        option.palette.color(isEnabled() ? QPalette::Active : QPalette::Disabled, QPalette::ButtonText);
    if (isEnabled()) {
        const ButtonKind kind = buttonKind(this);
        ink = color(kind == ButtonKind::Primary  ? Token::OnAccent
                    : kind == ButtonKind::Danger ? Token::Bad
                                                 : Token::TextMuted);
        if (kind == ButtonKind::Primary || kind == ButtonKind::Danger) ink.setAlphaF(0.8f);
    }
    painter.setPen(ink);
    painter.setFont(textFont(Type::Micro));
    painter.drawText(option.rect.adjusted(0, 0, -space::md, 0), Qt::AlignRight | Qt::AlignVCenter, keys_);
}

}  // namespace qd::app
