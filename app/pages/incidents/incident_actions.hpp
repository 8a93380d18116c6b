#pragma once
#include <functional>

class QWidget;

namespace qd::app {

class Session;
using DialogParent = std::function<QWidget*()>;

/// incident.acknowledge, .severity, .note, .link, .mitigate, .resolve, .state,
/// .open. Each takes `incident` (default: the one that is open on screen).
void addIncidentActions(Session& session, DialogParent parent);

}  // namespace qd::app
