#pragma once
// The wire's JSON of a report, and the table of its sources. Decoding is bounded (Errc::invalid_argument with
// the field's name); unknown fields are ignored.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/result.hpp"
#include "learning/report.hpp"

namespace qd::learning {

nlohmann::json to_json(const Report& report);
core::Result<Report> report_from_json(const nlohmann::json& value);

/// One line per interval behind a measure, RFC 4180 with CRLF. What a spreadsheet would run as a formula gets
/// an apostrophe before it.
std::string to_csv(const Report& report);

}  // namespace qd::learning
