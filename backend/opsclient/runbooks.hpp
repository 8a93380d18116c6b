#pragma once
// The runbooks of GET /api/v1/runbooks. Plain values and their decoding.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "runbooks/runbook.hpp"

namespace qd::opsclient {

struct RunbookEntry {
    runbooks::Runbook runbook;  // its Markdown is there when it was asked for alone
    std::string source;         // "built-in", or the file's name
    std::string problem;        // file, line and reason while the file is broken

    bool operator==(const RunbookEntry&) const = default;
};

/// Errc::invalid_argument names the field that does not fit.
core::Result<RunbookEntry> runbook_entry_from_json(const nlohmann::json& value);

}  // namespace qd::opsclient
