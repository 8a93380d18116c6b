#pragma once
#include <QPushButton>
#include <QToolButton>

#include "widgets/theme/icons.hpp"
#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

// Primary: the one thing to do here. Plain: the rest. Danger: ends or destroys something. Quiet: without a
// frame until hovered. Link: reads as text.
enum class ButtonKind { Plain, Primary, Danger, Quiet, Link };

void setButtonKind(QAbstractButton* button, ButtonKind kind);
ButtonKind buttonKind(const QWidget* button);

QPushButton* makeButton(const QString& text, ButtonKind kind = ButtonKind::Plain, QWidget* parent = nullptr);
QPushButton* makeButton(const QString& text, Icon icon, ButtonKind kind = ButtonKind::Plain,
                        QWidget* parent = nullptr);
// A square button with an icon only; `name` is its tooltip and accessible name.
QToolButton* makeIconButton(Icon icon, const QString& name, QWidget* parent = nullptr);

// Disables with the reason as tooltip and accessible description; an empty reason enables. A disabled button
// must always say why.
void setDisabledReason(QWidget* button, const QString& reason);

}  // namespace qd::widgets
