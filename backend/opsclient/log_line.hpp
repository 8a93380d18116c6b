#pragma once
// What GET /incidents/{id}/logs tells.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace qd::opsclient {

/// A warning or an error that a process of the site wrote.
struct LogLine {
    core::WallTime at;
    bool error = false;  // otherwise a warning
    std::string service;
    std::string instance;
    std::string message;

    bool operator==(const LogLine&) const = default;
};

struct LogExcerpt {
    std::vector<LogLine> lines;  // in order of time
    bool cut = false;            // there was more: the earliest are left out
};

/// Errc::invalid_argument naming the field that makes no sense.
core::Result<LogExcerpt> log_excerpt_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
