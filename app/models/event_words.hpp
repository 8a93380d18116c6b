#pragma once
// Events of a journal in words and pictures.

#include <QString>

#include "incidents/event.hpp"
#include "widgets/theme/icons.hpp"

namespace qd::app {

widgets::Icon iconOf(incidents::EventKind kind);
QString kindWord(incidents::EventKind kind);
/// One line, whatever the text holds.
QString lineOf(const incidents::Event& event);

}  // namespace qd::app
