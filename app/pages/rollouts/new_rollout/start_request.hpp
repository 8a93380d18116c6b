#pragma once
// The request that starts a rollout: what is shown, and what is sent.

#include <QString>

#include "app/shell/actions.hpp"

namespace qd::app {

class Session;

struct StartText {
    QString specification;  // as it stands in the editor
    QString reason;
    bool overrideFreeze = false;
};

/// Line by line as opsd gets it: method and path, the type, an empty line, the body.
QString requestText(const StartText& start);

/// Sends it as it is; `done` gets {"rollout": id, "message"}. Errc::invalid_argument, and nothing is sent,
/// where the text is no specification.
void sendStart(Session& session, const StartText& start, Done done);

}  // namespace qd::app
