#pragma once
// The way from the console to the dialog: what it begins with and whom it sends to.

#include <QString>

class QWidget;

namespace qd::app {

class NewRolloutDialog;
class Session;

/// After "v7" comes "v8", after "main" "main-next".
QString nextVersion(Session& session);

/// Opens it without blocking.
NewRolloutDialog* askNewRollout(Session& session, QWidget* parent);

}  // namespace qd::app
