#pragma once
// An alert that the desk knows nothing more of than this: of another system's, and of our objectives' too.

#include <optional>
#include <string>

#include "core/clock.hpp"
#include "incidents/incident.hpp"

namespace qd::incidents {

struct ExternalAlert {
    std::string id;  // 1 to 200 bytes; the same in both phases and after a restart
    std::string title;
    std::string service;  // what groups alerts into one incident
    Severity severity = Severity::sev3;
    std::string reason;  // a sentence
    core::WallTime started_at{};
    std::optional<core::WallTime> ended_at;
    std::string source = "alertmanager";  // a machine's: see is_machine_source()
};

}  // namespace qd::incidents
