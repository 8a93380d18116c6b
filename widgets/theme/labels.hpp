#pragma once
#include <QLabel>

#include "widgets/theme/tokens.hpp"

namespace qd::widgets {

// A plain-text label in a size of the scale. Muted is second-rank text; both follow a switch of the theme.
QLabel* makeLabel(const QString& text, Type type = Type::Body, Weight weight = Weight::Regular,
                  bool muted = false, QWidget* parent = nullptr);
QLabel* makeMutedLabel(const QString& text, Type type = Type::Small, QWidget* parent = nullptr);

// A muted line that takes the width it is given and elides what does not fit; the tooltip tells it all.
QLabel* makeElidedLabel(Type type = Type::Small, QWidget* parent = nullptr);

}  // namespace qd::widgets
