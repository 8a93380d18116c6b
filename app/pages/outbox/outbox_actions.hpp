#pragma once
#include <functional>

class QWidget;

namespace qd::app {

class Session;

/// outbox.open, .retry, .drop. The last two take `id`, an entry's number; asked by hand they open the outbox.
void addOutboxActions(Session& session, std::function<QWidget*()> dialogParent);

}  // namespace qd::app
