#pragma once
// The button of an action in one of the document's panes.

#include "app/shell/action_button.hpp"
#include "app/shell/session.hpp"

namespace qd::app {

inline ActionButton* paneButton(Session& session, const char* id, const char* text, QWidget* parent,
                                widgets::ButtonKind kind = widgets::ButtonKind::Plain) {
    return new ActionButton(session.actions(), QString::fromUtf8(id), kind, parent, QString::fromUtf8(text));
}

}  // namespace qd::app
